package io.pgplane.controlplane.revision;

import java.time.Instant;
import java.util.Optional;

/**
 * How a member stands to the others.
 *
 * @param revision the last one that it knows
 * @param digest of that
 * @param inForce the one by which its logins go
 * @param stored the last one that it has stored
 * @param inStep when it last knew that it has what all have; {@link Instant#EPOCH} if never
 * @param trouble why it is not in step, or has something not in force or not stored
 */
public record Standing(
    long revision,
    String digest,
    long inForce,
    long stored,
    Instant inStep,
    Optional<String> trouble) {}
