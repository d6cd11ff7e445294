package io.pgplane.controlplane.admin;

import io.pgplane.controlplane.revision.ControlException;
import io.pgplane.controlplane.revision.ControlException.Kind;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.openapi.validation.RequestParameter;
import io.vertx.openapi.validation.ValidatedRequest;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request that is as the contract says.
 *
 * @param ifMatch the header; null if there is none
 * @param author whose token it is
 */
record Call(ValidatedRequest request, @Nullable String ifMatch, String author) {
  private static final String EXPECTED = "expectedRevision";
  private static final Pattern ENTITY_TAG = Pattern.compile("\"[0-9]{1,18}\"");
  private static final int BAD_REQUEST = 400;

  /** A parameter that the contract requires. */
  String path(String name) {
    return Objects.requireNonNull(request.getPathParameters().get(name)).getString();
  }

  /** The same as a number. */
  long number(String name) {
    return Objects.requireNonNull(request.getPathParameters().get(name)).getLong();
  }

  /** Those of these parameters that are there. */
  JsonObject query(String... names) {
    Map<String, RequestParameter> query = request.getQuery();
    JsonObject found = new JsonObject();
    for (String name : names) {
      RequestParameter value = query.get(name);
      if (value != null && value.get() != null) {
        found.put(name, value.get());
      }
    }
    return found;
  }

  JsonObject body() {
    return request.getBody().getJsonObject();
  }

  /**
   * The same with who wants it, and for which revision.
   *
   * @throws ControlException if the header says another one
   */
  JsonObject signed(JsonObject change) {
    if (ifMatch != null) {
      if (!ENTITY_TAG.matcher(ifMatch).matches()) {
        throw new HttpException(BAD_REQUEST);
      }
      long expected = Long.parseLong(ifMatch.replace("\"", ""));
      if (change.getLong(EXPECTED, expected) != expected) {
        throw ControlException.of(Kind.INVALID, "If-Match and expectedRevision name two revisions");
      }
      change.put(EXPECTED, expected);
    }
    return change.put("author", author);
  }
}
