package io.pgplane.controlplane.revision;

import static io.pgplane.controlplane.revision.Samples.backend;
import static io.pgplane.controlplane.revision.Samples.delete;
import static io.pgplane.controlplane.revision.Samples.put;
import static io.pgplane.controlplane.revision.Samples.putBefore;
import static io.pgplane.controlplane.revision.Samples.route;
import static io.pgplane.controlplane.revision.Samples.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.pgplane.config.Documents;
import io.pgplane.controlplane.revision.ChangeSet.Edit;
import io.pgplane.controlplane.revision.Revision.Author;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class DraftProperties {
  @Property
  void ordersRoutesAsTheEditsSay(
      @ForAll @Size(max = 60) List<@IntRange(max = 7) Integer> names,
      @ForAll @Size(60) List<@IntRange(max = 15) Integer> nexts) {
    State state = State.EMPTY;
    List<String> order = new ArrayList<>();

    for (int i = 0; i < names.size(); i++) {
      String name = "r" + names.get(i);
      String next = "r" + nexts.get(i);
      if (order.contains(next) && !next.equals(name)) {
        order.remove(name);
        order.add(order.indexOf(next), name);
        state = after(state, putBefore(next, route(name)));
      } else if (!order.contains(name)) {
        order.add(name);
        state = after(state, put(Table.ROUTES, route(name)));
      } else {
        order.remove(name);
        state = after(state, delete(Table.ROUTES, name));
      }

      assertThat(state.documents().routes().keySet()).containsExactlyElementsOf(order);
      assertThat(state.all(Table.ROUTES)).extracting(Entry::rank).doesNotHaveDuplicates();
    }
  }

  @Property
  void doesManyEditsAsOneByOne(@ForAll @Size(max = 12) List<@IntRange(max = 200) Integer> picks) {
    List<Edit> edits = new ArrayList<>();
    State oneByOne = State.EMPTY;
    for (int pick : picks) {
      Edit edit = edit(pick, oneByOne);
      edits.add(edit);
      oneByOne = after(oneByOne, edit);
    }

    State atOnce = after(State.EMPTY, edits.toArray(new Edit[0]));

    assertThat(atOnce.documents()).isEqualTo(oneByOne.documents());
    assertThat(atOnce.documents().routes().keySet())
        .containsExactlyElementsOf(oneByOne.documents().routes().keySet());
  }

  @Property
  void rollsBackToWhatItWas(
      @ForAll @Size(max = 10) List<@IntRange(max = 200) Integer> picks, @ForAll int choice) {
    History history = History.EMPTY;
    List<State> states = new ArrayList<>(List.of(State.EMPTY));
    for (int pick : picks) {
      State state = history.current();
      history = history.with(List.of(Samples.next(state, "", edit(pick, state))));
      states.add(history.current());
    }
    State wanted = states.get(Math.floorMod(choice, states.size()));

    List<Change> back = history.back(wanted.number()).orElseThrow();
    State again = history.current().then(revision(history.current(), back));

    assertThat(again.documents()).isEqualTo(wanted.documents());
    assertThat(again.all(Table.ROUTES)).isEqualTo(wanted.all(Table.ROUTES));
  }

  @Property
  void makesTheStateExactlyTheFileAndThenNothing(
      @ForAll @Size(max = 10) List<@IntRange(max = 200) Integer> picks,
      @ForAll @Size(max = 6) Set<@IntRange(max = 9) Integer> routes,
      @ForAll @Size(max = 4) Set<@IntRange(max = 9) Integer> users) {
    State state = State.EMPTY;
    for (int pick : picks) {
      state = after(state, edit(pick, state));
    }
    Map<String, String> routeDocuments = new LinkedHashMap<>();
    routes.forEach(r -> routeDocuments.put("r" + r, route("r" + r).encode()));
    Map<String, String> userDocuments = new LinkedHashMap<>();
    users.forEach(u -> userDocuments.put("u" + u, user("u" + u).encode()));
    Documents file =
        new Documents(userDocuments, routeDocuments, Map.of("db", backend("db").encode()));

    State pushed = state.then(revision(state, Draft.of(state, file)));

    assertThat(pushed.documents()).isEqualTo(file);
    assertThat(pushed.documents().routes().keySet())
        .containsExactlyElementsOf(file.routes().keySet());
    assertThat(Draft.of(pushed, file)).isEmpty();
  }

  @Property
  void readsTheTextsOfAStateWhateverTheirLength(
      @ForAll @Size(max = 10) List<@IntRange(max = 200) Integer> picks,
      @ForAll @IntRange(max = 600) int length) {
    State state = State.EMPTY;
    for (int pick : picks) {
      state = after(state, edit(pick, state));
    }

    State read = State.of(state.texts(length));

    assertThat(read.number()).isEqualTo(state.number());
    assertThat(read.digest()).isEqualTo(state.digest());
    assertThat(read.lineage()).isEqualTo(state.lineage());
    for (Table table : Table.values()) {
      assertThat(read.all(table)).isEqualTo(state.all(table));
    }
  }

  private static Edit edit(int pick, State state) {
    String name = "r" + pick % 5;
    String next = "r" + pick / 5 % 5;
    boolean there = state.find(Table.ROUTES, name).isPresent();
    if (pick % 3 == 0) {
      return put(Table.USERS, user("u" + pick % 5).put("connectionLimit", 1 + pick));
    } else if (there && pick % 3 == 1) {
      return delete(Table.ROUTES, name);
    } else if (!name.equals(next) && state.find(Table.ROUTES, next).isPresent()) {
      return putBefore(next, route(name).put("connectionLimit", 1 + pick));
    }
    return put(Table.ROUTES, route(name));
  }

  private static State after(State state, Edit... edits) {
    return state.then(Samples.next(state, "", edits));
  }

  private static Revision revision(State state, List<Change> changes) {
    return Revision.after(state, new Author("", "", "", Instant.EPOCH), Set.of(), Plan.of(changes));
  }
}
