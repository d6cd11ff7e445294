package io.pgplane.config;

import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The configuration file: YAML ({@code .yaml}, {@code .yml}) or JSON ({@code .json}).
 *
 * <p>It is loaded once and may then be watched. The certificates it names are read while it is
 * checked, and passwords are hashed, off the event loop.
 */
public final class ConfigFile {
  /** So long a file has to stay the same, too, before it is read. */
  private static final long LOOK_MILLIS = 100;

  private final Vertx vertx;

  /** Empty for a tree that comes from elsewhere. */
  private final Optional<Path> path;

  private final Supplier<Future<JsonObject>> tree;
  private final UnaryOperator<@Nullable String> environment;
  private Optional<ConfigRetriever> retriever = Optional.empty();
  private volatile Reading loaded = Reading.NONE;

  /** Those that the last configuration without a problem has named. */
  private volatile Set<Path> named = Set.of();

  /** Those that are in use without being named there. */
  private volatile Supplier<Set<Path>> used = Set::of;

  public ConfigFile(Vertx vertx, Path path) {
    this(vertx, path, System::getenv);
  }

  ConfigFile(Vertx vertx, Path path, UnaryOperator<@Nullable String> environment) {
    this.vertx = vertx;
    this.path = Optional.of(path.toAbsolutePath());
    this.tree = () -> tree(path.toAbsolutePath());
    this.environment = environment;
  }

  private ConfigFile(Vertx vertx, JsonObject tree) {
    this.vertx = vertx;
    this.path = Optional.empty();
    this.tree = () -> Future.succeededFuture(tree);
    this.environment = System::getenv;
  }

  /** A tree that comes from elsewhere, and stays as it is: only the files that it names change. */
  public static ConfigFile of(Vertx vertx, JsonObject tree) {
    return new ConfigFile(vertx, tree);
  }

  /** The same file under another Vert.x, which goes on with what was loaded. */
  public ConfigFile in(Vertx other) {
    ConfigFile same = new ConfigFile(other, path.orElseThrow(), environment);
    same.loaded = loaded;
    same.named = named;
    return same;
  }

  /** What the file says now; fails with a {@link ConfigException} that has all its problems. */
  public Future<Config> load() {
    return read()
        .compose(this::bind)
        .map(
            bound -> {
              loaded = bound.reading();
              return bound.config();
            });
  }

  /**
   * Looks at the identity of the file, and of each file that it names, ten times a second from now
   * on, or less often if there are thousands: inode, size, times of modification and change. Reads
   * the file once one of them has changed, and has been the same for two looks: a file is often
   * seen half written.
   *
   * <p>A file that was refused is tried again and again, since a certificate that it names may
   * still come.
   *
   * <p>Both consumers are called on an event loop, never at the same time.
   *
   * @param files gives more files to look at: those that are in use, whoever has named them
   * @param changed is given what the file says, if nothing is wrong in it
   * @param refused is given all that is wrong in it, once as long as that stays the same
   */
  public ConfigWatch watch(
      Supplier<Set<Path>> files, Consumer<Config> changed, Consumer<List<Problem>> refused) {
    used = files;
    AtomicLong timer = new AtomicLong();
    ConfigWatch watch =
        new ConfigWatch(this, loaded, changed, refused, () -> vertx.cancelTimer(timer.get()));
    timer.set(vertx.setPeriodic(LOOK_MILLIS, id -> watch.lookIfDue()));
    return watch;
  }

  /** The file's tree, or what is wrong in it already; never fails. */
  Future<Reading> read() {
    try {
      return tree.get()
          .compose(read -> vertx.executeBlocking(() -> Reading.of(read, stampsOfOthers())))
          .otherwise(e -> Reading.failed(Unreadable.problem(path.orElse(Path.of("")), e)));
    } catch (Values.Refused e) {
      return Future.succeededFuture(Reading.failed(new Problem("", e.getMessage())));
    }
  }

  /** The configuration, and the reading of which it was made, with the files that it names. */
  Future<Bound> bind(Reading reading) {
    if (!reading.problems().isEmpty()) {
      return Future.failedFuture(new ConfigException(reading.problems()));
    }
    return vertx.executeBlocking(
        () -> {
          SecretFiles secrets = new SecretFiles();
          Config config = Binder.bind(reading.tree(), environment, secrets);
          Set<Path> files = new HashSet<>(config.files());
          files.addAll(secrets.paths());
          named = Set.copyOf(files);
          return new Bound(config, Reading.of(reading.tree(), stampsOfOthers()));
        });
  }

  /** How the file and those that it names are now. */
  Future<Set<FileStamp>> stamps() {
    return vertx.executeBlocking(
        () -> {
          Set<Path> files = others();
          path.ifPresent(files::add);
          return FileStamp.ofAll(files);
        });
  }

  private Set<FileStamp> stampsOfOthers() {
    return FileStamp.ofAll(others());
  }

  private Set<Path> others() {
    Set<Path> files = new HashSet<>(named);
    files.addAll(used.get());
    return files;
  }

  private Future<JsonObject> tree(Path file) {
    ConfigRetriever opened = opened(file);
    return vertx
        .executeBlocking(
            () -> {
              Unreadable.refuse(file, Unreadable.MOST_BYTES);
              return opened;
            })
        .compose(ConfigRetriever::getConfig);
  }

  private ConfigRetriever opened(Path file) {
    if (retriever.isEmpty()) {
      ConfigStoreOptions store =
          new ConfigStoreOptions()
              .setType("file")
              .setFormat(format(file))
              .setConfig(new JsonObject().put("path", file.toString()));
      // Its own scan logs a file that cannot be parsed with an excerpt, in which secrets may stand.
      ConfigRetrieverOptions options =
          new ConfigRetrieverOptions()
              .setIncludeDefaultStores(false)
              .setScanPeriod(0)
              .addStore(store);
      retriever = Optional.of(ConfigRetriever.create(vertx, options));
    }
    return retriever.get();
  }

  private static String format(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      return StrictYaml.NAME;
    } else if (name.endsWith(".json")) {
      return StrictJson.NAME;
    }
    throw Scalars.refused("the file's name must end in .yaml, .yml or .json");
  }

  /** A reading without problems. */
  record Bound(Config config, Reading reading) {}

  /**
   * What a look at the file gave: a tree, or the problem that kept it from being one.
   *
   * @param files how the files were that the tree names
   */
  record Reading(JsonObject tree, List<Problem> problems, Set<FileStamp> files) {
    static final Reading NONE = new Reading(new JsonObject(), List.of(), Set.of());

    static Reading of(JsonObject tree, Set<FileStamp> files) {
      return tree.isEmpty()
          ? failed(new Problem("", "the file is empty"))
          : new Reading(tree, List.of(), files);
    }

    static Reading failed(Problem problem) {
      return new Reading(new JsonObject(), List.of(problem), Set.of());
    }
  }
}
