package io.pgplane.controlplane.revision;

import static java.util.stream.Collectors.toSet;

import io.pgplane.config.HiddenSecrets;
import io.pgplane.config.Problem;
import io.pgplane.topology.NamePattern;
import io.pgplane.topology.Template;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Keeps the passwords of a state from servers that they were not given for. The author of a change
 * need not know the passwords in routes and backends, and must not learn them from a server that
 * the author chooses. So a password that a change does not give goes only where it goes already: to
 * the same addresses, with the same TLS and for the same user. All routes that lead to a changed
 * backend count, and so do those that would lead to a new one.
 *
 * @param before the entries as they are
 * @param after the entries as they would be
 * @param backends the names of all in either
 */
record KeptSecrets(Lookup before, Lookup after, Set<String> backends) {
  private static final String LOGIN = "login";
  private static final String HEALTH = "health";
  private static final String PASSWORD = "password";
  private static final int DEFAULT_PORT = 5432;

  /** What does not decide where a password goes. A key that is not known here may decide it. */
  private static final Set<String> OF_BACKEND =
      Set.of(
          "name",
          "servers",
          "tls",
          HEALTH,
          "balance",
          "hashBy",
          "slowStart",
          "connectionLimit",
          "maxLag",
          "circuit");

  private static final Set<String> OF_SERVER = Set.of("weight", "zone", "connectionLimit", "drain");
  private static final Set<String> OF_TLS = Set.of("certificate", "key", "keyPassword");
  private static final Set<String> OF_LOGIN = Set.of(PASSWORD);
  private static final Set<String> OF_HEALTH =
      Set.of(PASSWORD, "interval", "timeout", "fall", "rise", "database");

  /** Finds an entry of one state. */
  interface Lookup {
    Optional<Entry> find(Table table, String name);
  }

  /** Whether the document has the password that the entry's logins need, and not just its sign. */
  static boolean gives(Table table, JsonObject document) {
    return holder(table, document)
        .filter(map -> !HiddenSecrets.HIDDEN.equals(map.getValue(PASSWORD)))
        .isPresent();
  }

  /** Those of these entries whose password would go elsewhere, each by its path. */
  List<Problem> problems(Set<Draft.Key> entries) {
    return entries.stream()
        .filter(id -> !isKept(id))
        .map(
            id ->
                new Problem(
                    id.table().word() + "." + id.name() + "." + key(id.table()) + "." + PASSWORD,
                    "would go to another server, with other TLS or for another user: give the"
                        + " secret again"))
        .toList();
  }

  private boolean isKept(Draft.Key id) {
    Optional<Entry> entry = after.find(id.table(), id.name());
    if (entry.filter(one -> one.document().contains("\"" + PASSWORD + "\"")).isEmpty()) {
      return true;
    }
    Set<String> goes = targets(after, entry, id.table());
    return goes.isEmpty()
        || targets(before, before.find(id.table(), id.name()), id.table()).containsAll(goes);
  }

  /** Where the password of an entry goes, if it has one. */
  private Set<String> targets(Lookup state, Optional<Entry> entry, Table table) {
    Optional<JsonObject> document = entry.map(Entry::json);
    Optional<JsonObject> holder = document.flatMap(json -> holder(table, json));
    if (holder.isEmpty()) {
      return Set.of();
    }
    JsonObject json = document.orElseThrow();
    boolean isRoute = table == Table.ROUTES;
    String user = facts(holder.get(), isRoute ? OF_LOGIN : OF_HEALTH);
    String choice = isRoute ? choice(json) : "";
    Stream<JsonObject> reached = isRoute ? backendsOf(state, json) : Stream.of(json);
    return reached
        .flatMap(
            backend -> {
              String how = user + (choice.isEmpty() ? "" : choice + backend.getValue("name"));
              return servers(backend).map(server -> server + " " + how);
            })
        .collect(toSet());
  }

  /**
   * What decides which of several backends a login reaches; empty if the route has only one. Not
   * every backend with such a name is reached: so each counts for itself, and the choice must stay.
   */
  private static String choice(JsonObject route) {
    Template template = new Template(String.valueOf(route.getValue("backend")));
    return template.literal().isPresent()
        ? ""
        : template.text() + " " + map(route, "match").map(match -> facts(match, Set.of()));
  }

  /** Those that a route leads to, whatever a login is called. */
  private Stream<JsonObject> backendsOf(Lookup state, JsonObject route) {
    Template template = new Template(String.valueOf(route.getValue("backend")));
    NamePattern pattern = template.names();
    Stream<String> names =
        template.literal().isPresent()
            ? template.literal().stream()
            : backends.stream().filter(pattern::matches);
    return names.flatMap(name -> state.find(Table.BACKENDS, name).stream()).map(Entry::json);
  }

  private static Stream<String> servers(JsonObject backend) {
    String way = facts(backend, OF_BACKEND);
    String tls = facts(map(backend, "tls").orElseGet(JsonObject::new), OF_TLS);
    JsonArray servers =
        backend.getValue("servers") instanceof JsonArray list ? list : new JsonArray();
    return servers.stream()
        .map(server -> server instanceof JsonObject json ? json : new JsonObject())
        .map(server -> new JsonObject().put("port", DEFAULT_PORT).mergeIn(server))
        .map(server -> facts(server, OF_SERVER) + " " + way + " " + tls);
  }

  private static Optional<JsonObject> holder(Table table, JsonObject document) {
    return table == Table.USERS
        ? Optional.empty()
        : map(document, key(table)).filter(map -> map.getValue(PASSWORD) != null);
  }

  private static String key(Table table) {
    return table == Table.ROUTES ? LOGIN : HEALTH;
  }

  private static Optional<JsonObject> map(JsonObject json, String key) {
    return json.getValue(key) instanceof JsonObject map ? Optional.of(map) : Optional.empty();
  }

  /** Equal for maps that say the same under the other keys. */
  private static String facts(JsonObject map, Set<String> without) {
    Map<String, Object> facts = new TreeMap<>(map.getMap());
    facts.keySet().removeAll(without);
    return new JsonObject(facts).encode();
  }
}
