using OrleansIot.Application;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Storage.Tests.Sessions;
using static OrleansIot.Storage.Tests.Samples;
using static OrleansIot.Storage.Tests.Sessions.SessionSamples;

namespace OrleansIot.Storage.Tests.Contracts;

public abstract class SessionStoreContract(ISessionsUnderTest subject) : IAsyncLifetime
{
    private ISessionStore _store = null!;

    public async ValueTask InitializeAsync() => _store = await subject.Open();

    public ValueTask DisposeAsync() => subject.DisposeAsync();

    [Fact]
    public async Task A_new_store_is_empty() =>
        Assert.Equal("last 0\n", await _store.Text());

    [Fact]
    public async Task Everything_of_a_session_reads_back_after_a_restart()
    {
        var will = new StoredWill(FullMessage("status/a"), At(9_000));
        var plain = new StoredSubscription("a/+/ü", 0b0000_0001, null);
        var shared = new StoredSubscription("$share/g/a/#", 0b0010_1110, 268_435_455);
        var delivery = new StoredDelivery("client a", 7, 2, Retain: true, [1, 268_435_455]);
        await Append(
            new SessionChange.Kept("client a", uint.MaxValue, null),
            new SessionChange.Kept("client b", 0, At(4_000)),
            new SessionChange.Subscribed("client a", plain),
            new SessionChange.Subscribed("client a", shared),
            new SessionChange.Owed(FullMessage("a/x/ü"), [delivery, Delivery("client b", 8)]),
            new SessionChange.Sent("client a", 7, 65_535),
            new SessionChange.Released("client a", 7),
            new SessionChange.Received("client a", 1),
            new SessionChange.Received("client a", 65_535),
            new SessionChange.WillDue("client a", will),
            new SessionChange.Retained(FullMessage("r")));

        var expected = new StoredMessaging(
            [
                new("client a", uint.MaxValue, null, [plain, shared], [new(delivery, FullMessage("a/x/ü"), 65_535, IsReleased: true)], [1, 65_535], will),
                new("client b", 0, At(4_000), [], [new(Delivery("client b", 8), FullMessage("a/x/ü"), 0, IsReleased: false)], [], null),
            ],
            [FullMessage("r")],
            LastNumber: 8);
        Assert.Equal(Text(expected), await _store.Text());
        Assert.Equal(Text(expected), await (await subject.Open()).Text());
    }

    [Fact]
    public async Task A_message_without_properties_and_payload_reads_back_as_that()
    {
        await Append(Kept("a"), Owed("", Delivery("a", 1)), new SessionChange.Retained(Message("r", "")));

        var stored = await _store.Load(default);
        Assert.True(Assert.Single(stored.Session("a").Owed).Message is { Properties.IsEmpty: true, Payload.IsEmpty: true, ExpiresAt: null });
        Assert.True(Assert.Single(stored.Retained) is { Properties.IsEmpty: true, Payload.IsEmpty: true });
    }

    [Fact]
    public async Task What_is_owed_comes_in_the_order_of_its_numbers_whatever_they_were_stored_in()
    {
        await Append(Kept("a"), Kept("b"), Owed("a", 300), Owed("b", 11), Owed("a", 4_294_967_297));
        await Append(Owed("a", 9), Owed("shared", Delivery("b", 10), Delivery("a", 10_000_000_000)), Owed("a", 1));

        var stored = await _store.Load(default);
        Assert.Equal([1, 9, 300, 4_294_967_297, 10_000_000_000], stored.Session("a").Numbers());
        Assert.Equal([10, 11], stored.Session("b").Numbers());
    }

    [Fact]
    public async Task Changes_of_sessions_and_deliveries_that_are_not_there_change_nothing()
    {
        await Append(Kept("a"), Owed("a", 1));
        var before = await _store.Text();

        await Append(
            new SessionChange.Ended("nobody"),
            new SessionChange.Subscribed("nobody", new("t", 1, null)),
            new SessionChange.Unsubscribed("nobody", "t"),
            new SessionChange.Unsubscribed("a", "never/subscribed"),
            new SessionChange.Sent("nobody", 1, 5),
            new SessionChange.Sent("a", 2, 5),
            new SessionChange.Released("nobody", 1),
            new SessionChange.Released("a", 2),
            Delivered("nobody", 1),
            Delivered("a", 2),
            new SessionChange.Received("nobody", 1),
            new SessionChange.Completed("nobody", 1),
            new SessionChange.Completed("a", 1),
            new SessionChange.WillDue("nobody", new(Message("w", "x"), At(1))),
            new SessionChange.WillDue("a", null),
            new SessionChange.RetainedRemoved(Utf8("never/retained")));
        await Append();

        Assert.Equal(before, await _store.Text());
    }

    [Fact]
    public async Task What_is_owed_to_nobody_known_is_not_stored_but_its_numbers_are_never_given_out_again()
    {
        await Append(Kept("a"), Owed("m", Delivery("nobody", 3), Delivery("a", 2)), Owed("nobody", 4));

        var stored = await _store.Load(default);
        Assert.Equal([2], stored.Session("a").Numbers());
        Assert.Equal((1, 4), (stored.Sessions.Count, stored.LastNumber));
        Assert.Equal(1, await subject.Messages());
    }

    [Fact]
    public async Task A_session_that_goes_on_with_other_terms_keeps_what_it_has()
    {
        await Append(Kept("a"), new SessionChange.Subscribed("a", new("t", 1, 3)), Owed("a", 1), new SessionChange.Received("a", 2), new SessionChange.WillDue("a", new(Message("w", "x"), At(1))));
        var before = (await _store.Load(default)).Session("a");

        await Append(new SessionChange.Kept("a", 7, At(99)));

        var expected = new StoredMessaging([before with { ExpirySeconds = 7, EndedAt = At(99) }], [], 1);
        Assert.Equal(Text(expected), await _store.Text());
        await Append(Kept("a"));
        Assert.Null((await _store.Load(default)).Session("a").EndedAt);
    }

    [Fact]
    public async Task The_deliveries_of_a_message_share_it_and_the_last_one_takes_it_along()
    {
        await Append(Kept("a"), Kept("b"), Kept("c"));
        await Append(Owed("shared", Delivery("a", 1), Delivery("b", 2), Delivery("c", 3)), Owed("a", 4));
        Assert.Equal(2, await subject.Messages());

        var stored = await _store.Load(default);
        Assert.Same(stored.Session("a").Owed[0].Message, stored.Session("c").Owed[0].Message);

        await Append(Delivered("a", 1), Delivered("c", 3));
        Assert.Equal(2, await subject.Messages());
        Assert.Equal("shared", System.Text.Encoding.UTF8.GetString(Assert.Single((await _store.Load(default)).Session("b").Owed).Message.Payload.Span));

        await Append(Delivered("b", 2));
        Assert.Equal(1, await subject.Messages());
        await Append(Delivered("a", 4));
        Assert.Equal(0, await subject.Messages());
    }

    [Fact]
    public async Task A_delivery_that_is_over_within_the_same_append_leaves_nothing_but_its_number()
    {
        await Append(Kept("a"), Kept("b"));
        await Append(
            Owed("a", 1),
            Owed("m", Delivery("a", 2), Delivery("b", 3)),
            new SessionChange.Sent("a", 1, 9),
            Delivered("a", 1),
            Delivered("b", 3),
            Delivered("a", 3));

        var stored = await _store.Load(default);
        Assert.Equal([2], stored.Session("a").Numbers());
        Assert.Empty(stored.Session("b").Owed);
        Assert.Equal(3, stored.LastNumber);
        Assert.Equal(1, await subject.Messages());
        await Append(Delivered("a", 2));
        Assert.Equal(0, await subject.Messages());
    }

    [Fact]
    public async Task A_delivery_that_is_not_there_yet_cannot_be_over()
    {
        await Append(Kept("a"), Delivered("a", 1), Owed("a", 1));

        Assert.Equal([1], (await _store.Load(default)).Session("a").Numbers());
    }

    [Fact]
    public async Task A_session_that_ended_takes_all_with_it_but_not_what_others_are_owed()
    {
        await Append(
            Kept("a"), Kept("b"),
            new SessionChange.Subscribed("a", new("t", 1, null)),
            new SessionChange.Received("a", 1),
            new SessionChange.WillDue("a", new(Message("w", "x"), At(1))),
            Owed("a", 1),
            Owed("shared", Delivery("a", 2), Delivery("b", 3)));

        await Append(new SessionChange.Ended("a"));
        Assert.Equal(["b"], (await _store.Load(default)).Sessions.Select(session => session.ClientId));
        Assert.Equal(1, await subject.Messages());

        await Append(Kept("a"));
        var again = (await _store.Load(default)).Session("a");
        Assert.Equal((0, 0, 0), (again.Subscriptions.Count, again.Owed.Count, again.Received.Count));
        Assert.Null(again.Will);

        await Append(new SessionChange.Ended("a"), new SessionChange.Ended("b"));
        Assert.Equal("last 3\n", await _store.Text());
        Assert.Equal(0, await subject.Messages());
    }

    [Fact]
    public async Task A_session_that_ends_and_begins_anew_in_one_append_has_what_came_after()
    {
        await Append(Kept("a"), Owed("a", 1), new SessionChange.Subscribed("a", new("old", 1, null)));

        await Append(Owed("a", 2), new SessionChange.Ended("a"), Owed("a", 3), Kept("a", 5), Owed("a", 4), new SessionChange.Subscribed("a", new("new", 1, null)));

        var session = (await _store.Load(default)).Session("a");
        Assert.Equal([4], session.Numbers());
        Assert.Equal(["new"], session.Subscriptions.Select(subscription => subscription.Filter));
        Assert.Equal(1, await subject.Messages());
    }

    [Fact]
    public async Task Subscribing_again_replaces_the_options_and_unsubscribing_removes_them()
    {
        await Append(Kept("a"), Kept("b"), new SessionChange.Subscribed("a", new("t", 1, 7)), new SessionChange.Subscribed("a", new("T", 1, null)), new SessionChange.Subscribed("b", new("t", 0, null)));

        await Append(new SessionChange.Subscribed("a", new("t", 2, null)));
        Assert.Equal([new("T", 1, null), new("t", 2, null)], (await _store.Load(default)).Session("a").Subscriptions.OrderBy(subscription => subscription.Filter, StringComparer.Ordinal));

        await Append(new SessionChange.Unsubscribed("a", "t"));
        var stored = await _store.Load(default);
        Assert.Equal([new("T", 1, null)], stored.Session("a").Subscriptions);
        Assert.Equal([new("t", 0, null)], stored.Session("b").Subscriptions);
    }

    [Fact]
    public async Task A_delivery_keeps_its_packet_identifier_and_that_it_was_released()
    {
        await Append(Kept("a"), Owed("a", 1), Owed("a", 2));

        await Append(new SessionChange.Sent("a", 1, 10));
        await Append(new SessionChange.Sent("a", 2, 11), new SessionChange.Released("a", 1));

        Assert.Equal([(1, 10, true), (2, 11, false)], (await _store.Load(default)).Session("a").Owed.Select(owed => (owed.Delivery.Number, (int)owed.PacketId, owed.IsReleased)));
    }

    [Fact]
    public async Task A_received_identifier_stays_until_it_is_completed()
    {
        await Append(Kept("a"), new SessionChange.Received("a", 1), new SessionChange.Received("a", 2), new SessionChange.Received("a", 1));
        await Append(new SessionChange.Completed("a", 1));

        Assert.Equal([2], (await _store.Load(default)).Session("a").Received.Select(packet => (int)packet));
    }

    [Fact]
    public async Task A_retained_message_is_replaced_by_the_next_of_its_topic_and_can_be_removed()
    {
        await Append(new SessionChange.Retained(Message("a", "1")), new SessionChange.Retained(Message("b", "1")), new SessionChange.Retained(Message("A", "1")));
        await Append(new SessionChange.Retained(Message("a", "2")), new SessionChange.RetainedRemoved(Utf8("b")));

        Assert.Equal(Text(new([], [Message("a", "2"), Message("A", "1")], 0)), await _store.Text());
    }

    [Fact]
    public async Task A_will_that_is_due_is_replaced_and_called_off()
    {
        await Append(Kept("a"), new SessionChange.WillDue("a", new(Message("w", "1"), At(1))));
        await Append(new SessionChange.WillDue("a", new(FullMessage("w"), At(2))));
        Assert.Equal(At(2), (await _store.Load(default)).Session("a").Will!.At);

        await Append(new SessionChange.WillDue("a", null));
        Assert.Null((await _store.Load(default)).Session("a").Will);
    }

    [Fact]
    public async Task The_last_number_outlives_the_deliveries_that_it_numbered()
    {
        await Append(Kept("a"), Owed("a", 5), Owed("a", 4));
        await Append(Delivered("a", 5), Delivered("a", 4));
        Assert.Equal(5, (await _store.Load(default)).LastNumber);

        _store = await subject.Open();
        await Append(Owed("a", 3), new SessionChange.Ended("a"));
        Assert.Equal(5, (await _store.Load(default)).LastNumber);
    }

    [Fact]
    public async Task Bytes_that_were_appended_may_be_used_again()
    {
        var payload = new byte[] { 1, 2, 3 };
        await Append(Kept("a"), new SessionChange.Owed(Message("t", "") with { Payload = payload }, [Delivery("a", 1)]));
        payload.AsSpan().Clear();

        Assert.Equal([1, 2, 3], Assert.Single((await _store.Load(default)).Session("a").Owed).Message.Payload.ToArray());
    }

    [Fact]
    public async Task An_append_that_fails_stores_nothing_and_the_next_one_succeeds()
    {
        await Append(Kept("a"), Owed("a", 1), new SessionChange.Retained(Message("r", "1")));
        var before = await _store.Text();
        SessionChange[] changes =
        [
            Kept("b"), Kept("a", 7), Delivered("a", 1), Owed("m", Delivery("a", 2), Delivery("b", 3)), new SessionChange.Subscribed("b", new("t", 1, null)), new SessionChange.Retained(Message("r", "2")),
        ];

        await subject.WhileWritesFail(async () => await Assert.ThrowsAsync<StoreException>(async () => await _store.Append(changes, default)));
        Assert.Equal(before, await _store.Text());

        await Append(new SessionChange.Received("b", 1), new SessionChange.Received("a", 1));
        Assert.Equal(before.Replace("received ", "received 1", StringComparison.Ordinal), await _store.Text());

        await Append(changes);
        var stored = await _store.Load(default);
        Assert.Equal([2], stored.Session("a").Numbers());
        Assert.Equal([3], stored.Session("b").Numbers());
        Assert.Equal(Text(stored), await (await subject.Open()).Text());
    }

    [Fact]
    public async Task A_long_append_is_stored_whole_and_a_restarted_store_goes_on_with_it()
    {
        const int Many = 600;
        await Append([Kept("a"), Kept("b"), .. Enumerable.Range(1, Many).Select(number => Owed(number % 2 == 0 ? "a" : "b", number))]);
        _store = await subject.Open();
        Assert.Equal(Enumerable.Range(1, Many / 2).Select(i => 2L * i), (await _store.Load(default)).Session("a").Numbers());

        await Append([.. Enumerable.Range(1, Many - 2).Select(number => Delivered(number % 2 == 0 ? "a" : "b", number)), Owed("a", Many + 1)]);

        var stored = await _store.Load(default);
        Assert.Equal([Many, Many + 1], stored.Session("a").Numbers());
        Assert.Equal([Many - 1], stored.Session("b").Numbers());
        Assert.Equal(3, await subject.Messages());
    }

    [Fact]
    public async Task A_message_of_the_largest_payload_reads_back_whole()
    {
        var payload = new byte[1_000_000];
        Random.Shared.NextBytes(payload);
        var large = Message("t", "") with { Payload = payload };
        await Append(Kept("a"), Kept("b"));
        await Append(new SessionChange.Owed(large, [Delivery("a", 1), Delivery("b", 2)]), new SessionChange.Retained(large), new SessionChange.WillDue("a", new(large, At(1))));

        var stored = await (await subject.Open()).Load(default);
        Assert.True(payload.AsSpan().SequenceEqual(stored.Session("b").Owed[0].Message.Payload.Span));
        Assert.True(payload.AsSpan().SequenceEqual(stored.Retained[0].Payload.Span));
        Assert.True(payload.AsSpan().SequenceEqual(stored.Session("a").Will!.Message.Payload.Span));
    }

    private ValueTask Append(params SessionChange[] changes) => _store.Append(changes, default);
}
