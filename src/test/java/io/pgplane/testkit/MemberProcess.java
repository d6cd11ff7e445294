package io.pgplane.testkit;

import io.pgplane.testkit.Certificates.Issued;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One of several processes of pgplane that are one cluster, with a store and an admin port. */
public final class MemberProcess extends Endpoint implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(2);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String TOKEN = "a-token-of-tests";
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(PATIENCE).build();

  private final String name;
  private final Path directory;
  private final int port;
  private final int adminPort;
  private final List<Place> places;
  private final int index;
  private List<String> options = List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
  private List<String> arguments;
  private String configuration;
  private @Nullable Process process;

  /**
   * Where a member runs.
   *
   * @param address where the others reach it
   * @param port where it listens for them
   * @param command that its own is an argument of; empty on this machine itself
   */
  public record Place(String address, int port, List<String> command) {
    /** A free port of an address. */
    static Place at(String address, String... command) {
      return new Place(address, FreePort.next(), List.of(command));
    }
  }

  private MemberProcess(Setup setup, Path directory, List<Place> places, int i) throws IOException {
    super(setup);
    this.name = directory.getFileName().toString();
    this.directory = directory;
    this.places = places;
    this.index = i;
    this.port = FreePort.next();
    this.adminPort = FreePort.next();
    this.configuration =
        String.join(
            "\n",
            "admin: { port: " + adminPort + ", token: " + TOKEN + ", drainDelay: 2s }",
            "store: { type: file, path: \"" + directory.resolve("data") + "\" }",
            "topology: { source: cluster }",
            "cluster:",
            "  enabled: true",
            "  secret: c2VjcmV0IHRoYXQgYWxsIHRoZSB0ZXN0cyBzaGFyZSE=",
            "  member: " + name,
            "  host: " + places.get(i).address(),
            "  minimumMembers: " + (places.size() / 2 + 1),
            "  hazelcast: \"" + directory.resolve("hazelcast.yaml") + "\"",
            setup.yaml(port));
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("pgplane.yaml"), configuration);
    Files.writeString(directory.resolve("hazelcast.yaml"), hazelcast(places, i));
    this.arguments =
        List.of(
            "-jar", BuiltJar.path(), "run", "--conf", directory.resolve("pgplane.yaml").toString());
  }

  /** Members that know each other's ports, none of them started. */
  public static List<MemberProcess> of(Setup setup, Path directory, int count) throws IOException {
    return at(setup, directory, Stream.generate(() -> Place.at("127.0.0.1")).limit(count).toList());
  }

  /** The same elsewhere, one a place. */
  public static List<MemberProcess> at(Setup setup, Path directory, List<Place> places)
      throws IOException {
    List<MemberProcess> members = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      members.add(new MemberProcess(setup, directory.resolve("member" + (i + 1)), places, i));
    }
    return members;
  }

  /** The same, started and ready. */
  public static List<MemberProcess> started(Setup setup, Path directory, int count)
      throws IOException {
    return started(of(setup, directory, count));
  }

  /** The same with members that are not started yet. */
  public static List<MemberProcess> started(List<MemberProcess> members) throws IOException {
    try {
      for (MemberProcess member : members) {
        member.start();
      }
      members.forEach(MemberProcess::awaitReady);
      return members;
    } catch (AssertionError e) {
      members.forEach(MemberProcess::close);
      throw e;
    }
  }

  private static String hazelcast(List<Place> places, int own) {
    String all =
        places.stream()
            .map(place -> "\"" + place.address() + ":" + place.port() + "\"")
            .collect(Collectors.joining(", "));
    return String.join(
        "\n",
        "hazelcast:",
        "  cluster-name: test" + places.get(0).port(),
        "  network:",
        "    port: { port: " + places.get(own).port() + ", auto-increment: false }",
        "    join:",
        "      multicast: { enabled: false }",
        "      tcp-ip: { enabled: true, member-list: [" + all + "] }",
        "");
  }

  /** The same under Vert.x's own launcher. */
  public MemberProcess byLauncher() throws IOException {
    arguments = VertxLauncher.arguments(directory, clusterPorts(), index);
    return this;
  }

  /** With something else in its configuration file, also while it runs. */
  public MemberProcess edit(UnaryOperator<String> change) throws IOException {
    configuration = change.apply(configuration);
    Path next = Files.writeString(directory.resolve("next.yaml"), configuration);
    Files.move(next, directory.resolve("pgplane.yaml"), StandardCopyOption.ATOMIC_MOVE);
    return this;
  }

  /** With TLS on the event bus from its next start on. */
  public MemberProcess busTls(Issued own, Path ca) throws IOException {
    String tls =
        String.format(
            Locale.ROOT,
            "cluster:%n  tls: { certificate: \"%s\", key: \"%s\", ca: \"%s\" }%n",
            own.chain(),
            own.key(),
            ca);
    Files.writeString(directory.resolve("pgplane.yaml"), configuration.replace("cluster:\n", tls));
    return this;
  }

  /** With other options of its JVM than tests need. */
  public MemberProcess options(List<String> some) {
    options = List.copyOf(some);
    return this;
  }

  /** Where the members listen for each other. */
  public List<Integer> clusterPorts() {
    return places.stream().map(Place::port).toList();
  }

  /** Runs it; {@link #awaitReady} tells when it serves. */
  public MemberProcess start() throws IOException {
    List<String> command = new ArrayList<>(place().command());
    command.addAll(BuiltJar.java(options));
    command.addAll(arguments);
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("log").toFile()))
            .start();
    return this;
  }

  /** Returns once it would be sent clients. */
  public MemberProcess awaitReady() {
    try {
      Await.until(
          name + " is ready", READY, () -> !isAlive() || get("/readyz").statusCode() == 200);
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n" + log(), e);
    }
    if (!isAlive()) {
      throw new AssertionError(name + " has ended:\n" + log());
    }
    return this;
  }

  public boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** The process that it is at the moment. */
  public ProcessHandle handle() {
    return Objects.requireNonNull(process).toHandle();
  }

  /** SIGKILL: nothing is finished, and nobody is told. */
  public void kill() {
    if (process != null) {
      process.destroyForcibly().onExit().join();
    }
  }

  /** Sends it a signal by its short name: with {@code STOP} it is there, and says nothing more. */
  public void signal(String signal) throws IOException, InterruptedException {
    BuiltJar.signal(signal, Objects.requireNonNull(process));
  }

  /** SIGTERM; returns when it has ended. */
  public int terminate() {
    Process running = Objects.requireNonNull(process);
    running.destroy();
    return awaitEnd();
  }

  /** Its exit code. */
  public int awaitEnd() {
    Process running = Objects.requireNonNull(process);
    Await.until(name + " has ended", READY, () -> !running.isAlive());
    return running.exitValue();
  }

  /** What it has said in all its lives. */
  public String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public int port() {
    return port;
  }

  /** Where it runs. */
  public Place place() {
    return places.get(index);
  }

  /** The port for operators. */
  public int adminPort() {
    return adminPort;
  }

  public String name() {
    return name;
  }

  /** What the admin port answers. */
  public HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return HTTP.send(request(path).GET().build(), BodyHandlers.ofString());
  }

  /** What the admin port says to a DELETE. */
  public HttpResponse<String> delete(String path) throws IOException, InterruptedException {
    return HTTP.send(request(path).DELETE().build(), BodyHandlers.ofString());
  }

  /** What the admin port says to a PUT. */
  public HttpResponse<String> put(String path, JsonObject body)
      throws IOException, InterruptedException {
    return HTTP.send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(body.encode()))
            .build(),
        BodyHandlers.ofString());
  }

  /** A change set that is applied. */
  public HttpResponse<String> apply(JsonObject... changes)
      throws IOException, InterruptedException {
    JsonObject set = new JsonObject().put("changes", new JsonArray(List.of(changes)));
    return HTTP.send(
        request("/v1/apply")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(set.encode()))
            .build(),
        BodyHandlers.ofString());
  }

  /** A change set that puts a user, who has the secret of the setup's. */
  public HttpResponse<String> putUser(String user) throws IOException, InterruptedException {
    JsonObject document = new JsonObject().put("secret", setup().verifier().text());
    return apply(new JsonObject().put("put", "users").put("name", user).put("document", document));
  }

  /** How this member stands, by its own word. */
  public JsonObject standing() throws IOException, InterruptedException {
    return new JsonObject(get("/v1/members").body())
        .getJsonArray("members").stream()
            .map(JsonObject.class::cast)
            .filter(member -> name.equals(member.getString("name")))
            .findFirst()
            .orElseThrow();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + TOKEN);
  }

  @Override
  public void close() {
    kill();
  }
}
