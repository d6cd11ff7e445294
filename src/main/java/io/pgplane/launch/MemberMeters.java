package io.pgplane.launch;

import io.pgplane.controlplane.revision.RevisionStore;
import io.pgplane.controlplane.revision.Revisions;
import io.pgplane.dataplane.auth.Throttle;
import io.pgplane.dataplane.fleet.Fleet.ServerView;
import io.pgplane.dataplane.fleet.Health;
import io.pgplane.observability.Meters;
import io.pgplane.observability.Meters.Row;
import io.pgplane.observability.Meters.Table;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** What is not counted as it happens, but asked of a member when somebody looks. */
final class MemberMeters {
  private MemberMeters() {}

  static void bind(Meters meters, Pgplane member) {
    meters.gauge(
        "pgplane.sessions", "Sessions now, by state", member::handshakes, "state", "login");
    meters.gauge("pgplane.waiting.logins", "Logins that wait for a place", member::waiting);
    meters.gauge("pgplane.cancel.keys", "Sessions that can be cancelled", member::cancelKeys);
    meters.counter(
        "pgplane.refused.connections",
        "Clients that were closed because too many were logging in",
        member::refusedConnections);
    meters.counter(
        "pgplane.displaced.connections",
        "Silent clients that were closed because new ones came while too many were logging in",
        member::displacedConnections);
    meters.counter(
        "pgplane.log.lines.dropped",
        "Log lines that could not be written, or not fast enough",
        ProcessLog::dropped);
    throttle(meters, member.throttle());
    meters.tables(() -> servers(member.fleet().view()));
  }

  static void bind(Meters meters, Revisions revisions, RevisionStore store) {
    meters.gauge("pgplane.store.bytes", "What the store takes on this disk", store::size);
    meters.gauge(
        "pgplane.revision", "The last revision known", () -> revisions.standing().revision());
    meters.gauge(
        "pgplane.revision.in.force",
        "The revision that logins go by",
        () -> revisions.standing().inForce());
    meters.gauge(
        "pgplane.revision.stored", "The last one stored", () -> revisions.standing().stored());
    meters.gauge(
        "pgplane.configuration.differs",
        "1 if topology.source is file, and a member's file differs from the cluster's state",
        () -> oneIf(revisions.filesDiffer()));
    meters.gauge(
        "pgplane.in.step.seconds",
        "How long ago this member knew that it has what all have",
        () -> Duration.between(revisions.standing().inStep(), Instant.now()).toMillis() / 1e3);
  }

  private static void throttle(Meters meters, Throttle throttle) {
    meters.gauge(
        "pgplane.failing.addresses",
        "Addresses that have failed to log in of late",
        () -> throttle.view().size());
    meters.gauge(
        "pgplane.locked.out.addresses",
        "Addresses that are locked out",
        () -> throttle.view().stream().filter(entry -> !entry.lockedOut().isZero()).count());
    meters.counter("pgplane.lock.outs", "Lock-outs of addresses", throttle::lockOuts);
  }

  private static List<Table> servers(List<ServerView> servers) {
    return List.of(
        new Table(
            "pgplane.server.status",
            "1 for the status of the server: up, down or, before its first probe, unknown",
            servers.stream().flatMap(MemberMeters::status).toList()),
        each(servers, "sessions", "Sessions at the server", ServerView::sessions),
        each(
            servers,
            "draining",
            "1 if the server gets no new logins by configuration",
            server -> oneIf(server.draining())),
        each(
            servers,
            "circuit.open",
            "1 if the server gets no logins because it has failed some",
            server -> oneIf(server.circuit().isPresent())),
        each(
            servers,
            "probe.refused",
            "1 if the server refuses a probe its login or a question; it is used all the same",
            server -> oneIf(server.health().refused().isPresent())));
  }

  private static Stream<Row> status(ServerView server) {
    return Stream.of(Health.Status.values())
        .map(
            status ->
                new Row(
                    List.of(
                        "backend",
                        server.backend(),
                        "server",
                        server.server(),
                        "status",
                        status.name().toLowerCase(Locale.ROOT)),
                    oneIf(server.health().status() == status)));
  }

  private static Table each(
      List<ServerView> servers, String name, String description, ToIntFunction<ServerView> value) {
    return new Table(
        "pgplane.server." + name,
        description,
        servers.stream()
            .map(
                server ->
                    new Row(
                        List.of("backend", server.backend(), "server", server.server()),
                        value.applyAsInt(server)))
            .toList());
  }

  private static int oneIf(boolean truth) {
    return truth ? 1 : 0;
  }
}
