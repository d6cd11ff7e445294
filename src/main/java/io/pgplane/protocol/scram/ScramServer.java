package io.pgplane.protocol.scram;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.pgplane.failure.Failure;
import io.pgplane.failure.Failures;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one exchange (RFC 5802, section 5), with PostgreSQL's texts and SQLSTATEs:
 *
 * <pre>
 *   {@link #mechanisms} → {@link #choose} → {@link #serverFirst} → {@link #verify}
 * </pre>
 *
 * It costs three HMACs and two hashes, with one verifier or with two, so that the time tells nobody
 * which users change their passwords; so little that it runs where the bytes arrive.
 */
public final class ScramServer {
  private static final int NONCE_LENGTH = 18;

  /** What a client has shown: the last message for it, and the keys it proved to hold. */
  public static final class Proven {
    private final byte[] serverFinal;
    private final ScramVerifier verifier;
    private final ScramKeys keys;

    private Proven(byte[] serverFinal, ScramVerifier verifier, ScramKeys keys) {
      this.serverFinal = serverFinal;
      this.verifier = verifier;
      this.keys = keys;
    }

    /** The server-final-message. */
    public byte[] serverFinal() {
      return serverFinal;
    }

    /** The one that the proof fits. */
    public ScramVerifier verifier() {
      return verifier;
    }

    public ScramKeys keys() {
      return keys;
    }
  }

  private final ScramVerifier verifier;
  private final ScramVerifier old;
  private final Optional<byte[]> endPoint;
  private final SecureRandom random;

  private boolean plus;
  private @Nullable ClientFirst clientFirst;
  private String nonce = "";
  private String serverFirst = "";

  /**
   * Begins an exchange.
   *
   * @param verifier the user's, or one that nobody can prove
   * @param endPoint the tls-server-end-point of the connection (RFC 5929), where it has one
   */
  public ScramServer(ScramVerifier verifier, Optional<byte[]> endPoint, SecureRandom random) {
    this(verifier, Optional.empty(), endPoint, random);
  }

  /**
   * Begins an exchange that two passwords can end.
   *
   * @param old has the salt and the iterations of the other
   */
  public ScramServer(
      ScramVerifier verifier,
      Optional<ScramVerifier> old,
      Optional<byte[]> endPoint,
      SecureRandom random) {
    this.verifier = verifier;
    this.old = old.orElse(verifier);
    this.endPoint = endPoint;
    this.random = random;
  }

  /** What to offer, best first. */
  public List<String> mechanisms() {
    return endPoint.isPresent()
        ? List.of(Scram.SHA_256_PLUS, Scram.SHA_256)
        : List.of(Scram.SHA_256);
  }

  /**
   * Takes the client's choice.
   *
   * @throws Failure if it was not offered
   */
  public void choose(String mechanism) {
    if (!mechanisms().contains(mechanism)) {
      throw Failures.protocolViolation("client selected an invalid SASL authentication mechanism");
    }
    plus = mechanism.equals(Scram.SHA_256_PLUS);
  }

  /**
   * Takes the client-first-message, and answers it.
   *
   * @throws Failure if it is not one
   */
  public byte[] serverFirst(byte[] message) {
    ClientFirst first = ClientFirst.parse(text(message), plus, endPoint.isPresent());
    byte[] own = new byte[NONCE_LENGTH];
    random.nextBytes(own);
    Base64.Encoder base64 = Base64.getEncoder();
    clientFirst = first;
    nonce = first.nonce() + base64.encodeToString(own);
    serverFirst =
        "r="
            + nonce
            + ",s="
            + base64.encodeToString(verifier.salt())
            + ",i="
            + verifier.iterations();
    return serverFirst.getBytes(ISO_8859_1);
  }

  /**
   * Takes the client-final-message.
   *
   * @return nothing if the proof is wrong
   * @throws Failure if it is not such a message, or not for this exchange
   */
  public Optional<Proven> verify(byte[] message) {
    ClientFirst first = clientFirst;
    if (first == null) {
      throw new IllegalStateException("no client-first-message yet");
    }
    ClientFinal last = ClientFinal.parse(text(message), channelBinding(first), plus);
    if (!MessageDigest.isEqual(last.nonce().getBytes(ISO_8859_1), nonce.getBytes(ISO_8859_1))) {
      throw Failures.protocolViolation("invalid SCRAM response", "Nonce does not match.");
    }
    byte[] authMessage =
        (first.bare() + "," + serverFirst + "," + last.withoutProof()).getBytes(ISO_8859_1);
    byte[] clientKey = clientKey(verifier, last, authMessage);
    byte[] oldClientKey = clientKey(old, last, authMessage);
    boolean fits = fits(verifier, clientKey);
    boolean fitsOld = fits(old, oldClientKey);
    ScramVerifier proven = fitsOld && !fits ? old : verifier;
    byte[] serverSignature = Scram.hmac(proven.serverKey(), authMessage);
    if (!fits && !fitsOld) {
      return Optional.empty();
    }
    String serverFinal = "v=" + Base64.getEncoder().encodeToString(serverSignature);
    ScramKeys keys = new ScramKeys(fits ? clientKey : oldClientKey, proven.serverKey());
    // With one verifier it is the same key once more.
    Arrays.fill(fits ? oldClientKey : clientKey, (byte) 0);
    return Optional.of(new Proven(serverFinal.getBytes(ISO_8859_1), proven, keys));
  }

  private static byte[] clientKey(ScramVerifier verifier, ClientFinal last, byte[] authMessage) {
    return Scram.xor(last.proofBytes(), Scram.hmac(verifier.storedKey(), authMessage));
  }

  private static boolean fits(ScramVerifier verifier, byte[] clientKey) {
    return MessageDigest.isEqual(Scram.hash(clientKey), verifier.storedKey());
  }

  /** The cbind-input: the GS2 header, and with the PLUS mechanism the end point. */
  private byte[] channelBinding(ClientFirst first) {
    if (!plus) {
      return (first.bindingFlag() + ",,").getBytes(ISO_8859_1);
    }
    ByteArrayOutputStream binding = new ByteArrayOutputStream();
    binding.writeBytes(Scram.BINDING_HEADER);
    binding.writeBytes(endPoint.orElseThrow());
    return binding.toByteArray();
  }

  private static String text(byte[] message) {
    if (message.length == 0) {
      throw Attributes.malformed("The message is empty.");
    }
    String text = new String(message, ISO_8859_1);
    if (text.indexOf(0) >= 0) {
      throw Attributes.malformed("Message length does not match input length.");
    }
    return text;
  }
}
