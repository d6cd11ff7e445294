/**
 * The port for operators: probes, metrics, and the API over HTTP.
 *
 * <p>{@link io.pgplane.controlplane.admin.AdminVerticle} serves it, {@link
 * io.pgplane.controlplane.admin.AdminRouter} says in which order a request is looked at. What the
 * API can do stands in openapi.yaml, which is served and which every request is held against; each
 * operation of it becomes one request to {@link io.pgplane.controlplane.revision.Control}.
 */
@NullMarked
package io.pgplane.controlplane.admin;

import org.jspecify.annotations.NullMarked;
