package io.pgplane.dataplane.session;

import io.pgplane.dataplane.auth.Throttle;
import io.pgplane.dataplane.cancel.CancelKeys;
import io.pgplane.dataplane.cancel.Detour;
import io.pgplane.dataplane.limit.Admission;
import io.pgplane.dataplane.limit.Places;
import io.pgplane.dataplane.stream.HostResolver;
import io.pgplane.observability.LogRate;
import io.pgplane.observability.Meters;
import io.vertx.core.Vertx;
import java.security.SecureRandom;

/**
 * What all sessions of a member share.
 *
 * @param otherMembers for cancel requests that came to the wrong one
 * @param logRate of the lines that clients cause
 */
public record SessionServices(
    Vertx vertx,
    SecureRandom random,
    HostResolver resolver,
    CancelKeys cancelKeys,
    Detour otherMembers,
    Admission admission,
    Throttle throttle,
    Places places,
    SessionRegistry registry,
    Meters meters,
    LogRate logRate) {}
