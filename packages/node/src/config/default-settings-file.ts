/** The settings file that is read when none is named, if it exists. */
export const defaultSettingsFile = 'config/local.toml';
