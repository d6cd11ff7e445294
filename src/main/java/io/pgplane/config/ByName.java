package io.pgplane.config;

import java.util.Map;

/** Trees that stand under their names, where a file has a list of them. */
record ByName(Map<String, Object> values) {}
