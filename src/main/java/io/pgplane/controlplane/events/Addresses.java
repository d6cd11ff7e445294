package io.pgplane.controlplane.events;

/** The addresses on the event bus; those of one member end in its Vert.x node id. */
public final class Addresses {
  /** Answered by any member: {@code {"node": NODE}}, who can be asked at {@link #control}. */
  public static final String CONTROL = "pgplane.control";

  /** Published: {@code {"revision": NUMBER}}, in clear, for whoever wants to know. */
  public static final String CHANGED = "pgplane.changed";

  /** Published: failed logins, and those that were not. */
  public static final String LOGINS = "pgplane.logins";

  private Addresses() {}

  /** Requests to the control plane. */
  public static String control(String node) {
    return CONTROL + "." + node;
  }

  /** A revision that this member shall take in; answered once it is stored and in force. */
  public static String changed(String node) {
    return CHANGED + "." + node;
  }

  /** A cancel request for a session of this member. */
  public static String cancel(String node) {
    return "pgplane.cancel." + node;
  }

  /** Requests about this member alone: its sessions, servers and standing. */
  public static String sessions(String node) {
    return "pgplane.sessions." + node;
  }
}
