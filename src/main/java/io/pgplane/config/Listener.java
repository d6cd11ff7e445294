package io.pgplane.config;

/**
 * Where clients are accepted.
 *
 * @param host the address to bind
 * @param port the port to bind; 0 takes a free one
 */
public record Listener(String name, String host, int port, ListenerTls tls) {}
