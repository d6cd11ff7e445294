package io.pgplane.dataplane.limit;

/** One of a bounded number; whoever holds it gives it back once. */
public interface Place {
  void release();
}
