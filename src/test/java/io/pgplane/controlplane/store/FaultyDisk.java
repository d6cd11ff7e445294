package io.pgplane.controlplane.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The real disk, until a step of its work fails: that one alone, or all from there on. */
final class FaultyDisk implements Disk {
  private final List<String> steps = new ArrayList<>();
  private int first = Integer.MAX_VALUE;
  private int lasting;

  /** The next steps go well, so many of them; those after it fail, so many of them. */
  void fail(int after, int count) {
    first = steps.size() + after;
    lasting = count;
  }

  /** Nothing fails any more. */
  void mend() {
    first = Integer.MAX_VALUE;
  }

  /** What was asked of it, in order. */
  List<String> steps() {
    return List.copyOf(steps);
  }

  /** Whether this step is one that fails. */
  boolean isLost(String step) {
    int index = steps.size();
    steps.add(step);
    return index >= first && index - first < lasting;
  }

  void step(String step) throws IOException {
    if (isLost(step)) {
      throw new IOException("no space left, in " + step);
    }
  }

  @Override
  public FileChannel open(Path file, Set<? extends OpenOption> options) throws IOException {
    step("open");
    return new FaultyChannel(REAL.open(file, options), this);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    step("rename");
    REAL.rename(from, to);
  }

  @Override
  public void delete(Path file) throws IOException {
    step("delete");
    REAL.delete(file);
  }

  @Override
  public void sync(Path directory) throws IOException {
    step("sync");
    REAL.sync(directory);
  }
}
