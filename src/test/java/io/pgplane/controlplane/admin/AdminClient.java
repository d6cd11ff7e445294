package io.pgplane.controlplane.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Asks the admin port. */
record AdminClient(int port, Optional<String> token) {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /** What it has answered. */
  record Reply(HttpResponse<String> http) {
    int status() {
      return http.statusCode();
    }

    JsonObject json() {
      return new JsonObject(http.body());
    }

    String header(String name) {
      return http.headers().firstValue(name).orElse("");
    }
  }

  Reply get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  Reply delete(String path) throws IOException, InterruptedException {
    return send(request(path).DELETE());
  }

  Reply put(String path, JsonObject body) throws IOException, InterruptedException {
    return send(json(path).PUT(BodyPublishers.ofString(body.encode())));
  }

  Reply post(String path, JsonObject body) throws IOException, InterruptedException {
    return send(json(path).POST(BodyPublishers.ofString(body.encode())));
  }

  HttpRequest.Builder json(String path) {
    return request(path).header("Content-Type", "application/json");
  }

  HttpRequest.Builder request(String path) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30));
    token.ifPresent(shown -> builder.header("Authorization", "Bearer " + shown));
    return builder;
  }

  Reply send(HttpRequest.Builder request) throws IOException, InterruptedException {
    return new Reply(HTTP.send(request.build(), BodyHandlers.ofString()));
  }

  /** Asks, and does not wait for the answer. */
  CompletableFuture<HttpResponse<Void>> sendLater(String path) {
    return HTTP.sendAsync(request(path).GET().build(), BodyHandlers.discarding());
  }

  /** What comes back for these bytes until the port closes the connection. */
  String raw(String text) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(text.getBytes(UTF_8));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
