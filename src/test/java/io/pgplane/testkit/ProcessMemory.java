package io.pgplane.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a process of pgplane keeps, after everything was collected that it does not.
 *
 * @param before resident bytes before that
 * @param resident resident bytes, without what the C library holds back
 * @param heap bytes of live objects
 * @param files open file descriptors
 * @param threads of the process
 * @param instances how many live objects there are of a class
 */
public record ProcessMemory(
    long before, long resident, long heap, int files, long threads, Map<String, Long> instances) {
  private static final Pattern CLASS =
      Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+(\\S+)(?: \\(.*\\))?");
  private static final Pattern TOTAL = Pattern.compile("Total\\s+\\d+\\s+(\\d+)");

  /** Native memory of TLS is freed by finalizers, so there is a second collection. */
  public static ProcessMemory of(PgplaneProcess process) throws IOException, InterruptedException {
    long before = process.status("VmRSS");
    command(process, "GC.run");
    command(process, "GC.run_finalization");
    Map<String, Long> instances = new TreeMap<>();
    long heap = 0;
    for (String line : command(process, "GC.class_histogram").lines().toList()) {
      Matcher one = CLASS.matcher(line);
      Matcher total = TOTAL.matcher(line);
      if (one.matches()) {
        instances.merge(one.group(2), Long.valueOf(one.group(1)), Long::sum);
      } else if (total.matches()) {
        heap = Long.parseLong(total.group(1));
      }
    }
    trim(process);
    return new ProcessMemory(
        before,
        process.status("VmRSS"),
        heap,
        process.descriptors().size(),
        process.number("status", "Threads"),
        instances);
  }

  /** A JDK 17 before 17.0.9, or one without glibc, does not know how; the bound is wide enough. */
  private static void trim(PgplaneProcess process) throws IOException, InterruptedException {
    if (command(process, "help").contains("System.trim_native_heap")) {
      command(process, "System.trim_native_heap");
    }
  }

  private static String command(PgplaneProcess process, String command)
      throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process run =
        new ProcessBuilder(jcmd.toString(), Long.toString(process.pid()), command)
            .redirectErrorStream(true)
            .start();
    String answer = new String(run.getInputStream().readAllBytes(), UTF_8);
    if (run.waitFor() != 0) {
      throw new IOException("jcmd " + command + ": " + answer);
    }
    return answer;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "resident %d MB, after a collection %d MB, heap %.1f MB, files %d, threads %d",
        before >> 20,
        resident >> 20,
        heap / 1e6,
        files,
        threads);
  }
}
