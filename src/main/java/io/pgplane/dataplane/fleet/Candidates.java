package io.pgplane.dataplane.fleet;

/** The servers that a login may go to, in the order of the configuration. */
final class Candidates {
  private final Member[] members;
  private int size;

  Candidates(int most) {
    members = new Member[most];
  }

  void add(Member member) {
    members[size++] = member;
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  Member get(int index) {
    return members[index];
  }
}
