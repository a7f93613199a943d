#!/usr/bin/env node
// Committed, so that package managers find a file to link before the first build.
import '../dist/bin.js';
