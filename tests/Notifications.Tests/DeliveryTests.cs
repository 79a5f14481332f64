using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.Notifications;
using OrleansIot.Domain;
using OrleansIot.Domain.Rules;
using OrleansIot.Notifications.Tests.Host;
using OrleansIot.TestKit.Http;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Notifications.Tests;

public sealed class DeliveryTests : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly WatchedOutbox _outbox = new();
    private HttpReceiver _receiver = null!;

    private string Target => _receiver.Hook;

    public async ValueTask InitializeAsync() => _receiver = await HttpReceiver.Start();

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    [Fact]
    public async Task A_message_goes_out_as_soon_as_it_is_added()
    {
        await using var host = await Started();
        var message = Message(1);

        _outbox.Add(message);

        Assert.Equal(message.Id, (await _receiver.Next("the call")).Headers["Idempotency-Key"]);
        var delivery = await Delivered(message);
        Assert.Equal(1, delivery.Attempts);
        Assert.StartsWith("200 OK in", delivery.Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_fails_for_now_is_tried_again_later_under_the_same_key()
    {
        await using var host = await Started();
        _receiver.Answer(500, "out\nof order");
        _receiver.Answer(503);
        var message = Message(1);
        _outbox.Add(message);

        var first = await _outbox.Until("the first attempt", message, delivery => delivery.Attempts == 1);
        Assert.Equal((DeliveryStatus.Pending, "500 Internal Server Error in 0 ms: outof order"), (first.Status, first.Outcome));
        Assert.InRange((first.DueAt - first.LastAttemptAt!.Value).TotalSeconds, 4, 5);
        _time.Advance(TimeSpan.FromSeconds(6));
        var second = await _outbox.Until("the second attempt", message, delivery => delivery.Attempts == 2);
        Assert.InRange((second.DueAt - second.LastAttemptAt!.Value).TotalSeconds, 12, 15);
        _time.Advance(TimeSpan.FromSeconds(18));
        await Delivered(message);

        for (var attempt = 1; attempt <= 3; attempt++)
            Assert.Equal(message.Id, (await _receiver.Next($"attempt {attempt}")).Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task A_clock_that_is_set_forward_while_the_dispatcher_sets_its_timer_makes_nobody_wait()
    {
        var clock = new LeapingClock(_time, TimeSpan.FromSeconds(6), before: wait => wait > TimeSpan.FromSeconds(2) && wait < TimeSpan.FromSeconds(5));
        await using var host = await NotifyingHost.Started(_outbox, clock);
        _receiver.Answer(500);
        var message = Message(1);
        _outbox.Add(message);
        Assert.Equal(2, (await Delivered(message)).Attempts);
    }

    [Fact]
    public async Task A_receiver_that_names_a_time_is_left_alone_until_then()
    {
        await using var host = await Started();
        _receiver.Answer(429, "", ("Retry-After", "120"));
        var (first, second) = (Message(1), Message(2));
        _outbox.Add(first);

        var delivery = await _outbox.Until("the first attempt", first, one => one.Attempts == 1);
        Assert.Equal(120, (delivery.DueAt - delivery.LastAttemptAt!.Value).TotalSeconds, 0.01);
        _outbox.Add(second);
        var waiting = await _outbox.Until("the second message to be put off", second, one => one.Outcome is not null);
        Assert.Equal((0, delivery.DueAt), (waiting.Attempts, waiting.DueAt));
        _time.Advance(TimeSpan.FromSeconds(120));

        await Delivered(first);
        await Delivered(second);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task What_is_refused_is_not_tried_again(int status)
    {
        await using var host = await Started();
        _receiver.Answer(status, "no such hook");
        var message = Message(1);
        _outbox.Add(message);

        var delivery = await _outbox.Until("the refusal", message, one => one.Status == DeliveryStatus.Failed);

        Assert.Equal(1, delivery.Attempts);
        Assert.Contains("no such hook", delivery.Outcome, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var host = await Started();
        _receiver.Answer(302, "", ("Location", new Uri(_receiver.Address, "/elsewhere").ToString()));
        var message = Message(1);
        _outbox.Add(message);

        var delivery = await _outbox.Until("the refusal", message, one => one.Status == DeliveryStatus.Failed);

        Assert.StartsWith("302", delivery.Outcome, StringComparison.Ordinal);
        Assert.Equal("/hook", (await _receiver.Next("the call")).Path);
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_is_given_up_for_now_after_ten_seconds()
    {
        await using var host = await Started();
        _receiver.Answer(Never);
        var message = Message(1);
        _outbox.Add(message);
        await _receiver.Next("the call");

        _time.Advance(TimeSpan.FromSeconds(10));

        var delivery = await _outbox.Until("the time-out", message, one => one.Attempts == 1);
        Assert.Equal((DeliveryStatus.Pending, "no answer within 10 s"), (delivery.Status, delivery.Outcome));
    }

    [Fact]
    public async Task An_answer_without_end_is_not_read_to_its_end()
    {
        await using var host = await Started();
        _receiver.Answer(async context =>
        {
            context.Response.StatusCode = 400;
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string('x', 1024));
        });
        var message = Message(1);
        _outbox.Add(message);

        var delivery = await _outbox.Until("the refusal", message, one => one.Status == DeliveryStatus.Failed);

        Assert.InRange(delivery.Outcome!.Length, 100, 200);
    }

    [Fact]
    public async Task Nobody_listening_is_worth_another_try()
    {
        await using var host = await Started();
        var target = Target;
        await _receiver.DisposeAsync();
        var message = Messages.About(_time, 1, "webhook", target);
        _outbox.Add(message);

        var delivery = await _outbox.Until("the first attempt", message, one => one.Attempts == 1);

        Assert.Equal((DeliveryStatus.Pending, "connection refused"), (delivery.Status, delivery.Outcome));
        _receiver = await HttpReceiver.Start();
    }

    [Fact]
    public async Task What_was_pending_when_the_host_died_goes_out_once_after_the_restart()
    {
        var (sent, pending) = (Message(1), Message(2));
        await using (await Started())
        {
            _outbox.Add(sent);
            await Delivered(sent);
            _receiver.Answer(Never);
            _outbox.Add(pending);
            await _receiver.Next("the first message");
            await _receiver.Next("the second message, which nobody answers");
        }

        await using var again = await Started();
        var delivery = await Delivered(pending);

        Assert.Equal(pending.Id, (await _receiver.Next("the second message again")).Headers["Idempotency-Key"]);
        Assert.Equal(1, delivery.Attempts);
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task A_message_that_another_process_has_is_not_sent_here()
    {
        await using var host = await Started();
        _outbox.RefuseClaims(times: 3);
        var message = Message(1);
        _outbox.Add(message);

        var delivery = await Delivered(message);

        Assert.Equal(1, delivery.Attempts);
        await _receiver.Next("the one call, after the last refusal");
        Assert.Equal(0, _receiver.Waiting);
    }

    [Fact]
    public async Task An_outcome_that_could_not_be_kept_costs_a_repeat_under_the_same_key_never_a_loss()
    {
        await using var host = await Started();
        _outbox.FailToRecord(times: 1);
        var message = Message(1);
        _outbox.Add(message);
        var first = await _receiver.Next("the first call");
        var again = _receiver.Next("the call after the pause");
        await TestKit.Eventually.IsTrue("the failure to be logged", () => Task.FromResult(host.Log.Text.Contains("The outbox failed", StringComparison.Ordinal)));

        await _time.TimerDueIn(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(first.Headers["Idempotency-Key"], (await again).Headers["Idempotency-Key"]);
        await Delivered(message);
    }

    [Fact]
    public async Task A_target_gets_its_messages_in_their_order_one_at_a_time()
    {
        await using var host = await Started();
        var messages = Enumerable.Range(1, 20).Select(Message).ToArray();

        _outbox.Add([.. messages]);
        await Delivered(messages[^1]);

        foreach (var message in messages)
            Assert.Equal(message.Id, (await _receiver.Next(message.Id)).Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task Nobody_hears_of_an_end_before_the_beginning()
    {
        await using var host = await Started();
        _receiver.Answer(500);
        var triggered = Message(1);
        var resolved = Messages.About(_time, 1, "webhook", Target, AlertTransitions.Resolved);
        var other = Message(2);
        _outbox.Add(triggered);
        await _outbox.Until("the first attempt", triggered, one => one.Attempts == 1);

        _outbox.Add(resolved, other);
        await Delivered(other);
        Assert.Equal(0, (await _outbox.Until("the end to wait", resolved, one => one.Outcome is not null)).Attempts);
        _time.Advance(TimeSpan.FromSeconds(7));
        await Delivered(triggered);
        await Delivered(resolved);

        Assert.Equal(
            [triggered.Id, other.Id, triggered.Id, resolved.Id],
            [await Key(), await Key(), await Key(), await Key()]);

        async Task<string> Key() => (await _receiver.Next("a call")).Headers["Idempotency-Key"].ToString();
    }

    [Fact]
    public async Task A_target_that_keeps_failing_costs_one_attempt_at_a_time_and_holds_up_nobody_else()
    {
        await using var dead = await HttpReceiver.Start();
        await using var host = await Started();
        for (var i = 0; i < 4; i++)
            dead.Answer(500);

        var backlog = Enumerable.Range(1, 10).Select(i => Messages.About(_time, i, "webhook", new Uri(dead.Address, "/dead").ToString())).ToArray();
        _outbox.Add([.. backlog]);
        await _outbox.Until("the last to be put off", backlog[^1], one => one.Outcome is not null);
        var fine = Message(99);
        _outbox.Add(fine);
        await Delivered(fine);

        Assert.Equal(3, dead.Waiting);
        _time.Advance(TimeSpan.FromSeconds(30));
        for (var attempt = 1; attempt <= 4; attempt++)
            await dead.Next($"attempt {attempt} of four");

        var now = Instant.From(_time.GetUtcNow());
        foreach (var message in backlog)
            await _outbox.Until("to be put off again", message, one => one.DueAt > now);

        _time.Advance(TimeSpan.FromSeconds(60));
        foreach (var message in backlog)
            await Delivered(message);
    }

    [Fact]
    public async Task Attempts_end_after_the_twelfth_within_a_day()
    {
        await using var host = await Started();
        for (var i = 0; i < 20; i++)
            _receiver.Answer(500);

        var message = Message(1);
        var start = _time.GetUtcNow();
        _outbox.Add(message);
        for (var attempt = 1; attempt < 12; attempt++)
        {
            var delivery = await _outbox.Until($"attempt {attempt}", message, one => one.Attempts == attempt);
            _time.Advance(delivery.DueAt.ToDateTimeOffset() - _time.GetUtcNow());
        }

        var last = await _outbox.Until("the end", message, one => one.Status == DeliveryStatus.Failed);
        Assert.Equal(12, last.Attempts);
        Assert.StartsWith("given up after 12 attempts: 500", last.Outcome, StringComparison.Ordinal);
        Assert.InRange((_time.GetUtcNow() - start).TotalHours, 18, 24);
    }

    [Fact]
    public async Task A_channel_that_is_not_configured_any_more_delivers_nothing_and_says_so()
    {
        await using var host = await Started();
        var message = Messages.About(_time, 1, "slack");
        _outbox.Add(message);

        var delivery = await _outbox.Until("the refusal", message, one => one.Status == DeliveryStatus.Failed);

        Assert.Equal("channel 'slack' is not configured", delivery.Outcome);
    }

    [Fact]
    public async Task Attempts_are_counted_by_channel_and_outcome_and_what_is_pending_is_shown()
    {
        await using var host = await Started();
        var counted = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var pending = 0L;
        using var listener = new MeterListener();
        var own = host.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, all) =>
        {
            if (instrument.Meter.Scope == own && instrument.Name is "orleansiot_deliveries" or "orleansiot_outbox_pending")
                all.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.IsObservable)
                pending = value;
            else
                counted.Enqueue(string.Join(' ', tags.ToArray().Select(tag => tag.Value)));
        });
        listener.Start();
        _receiver.Answer(500);
        _receiver.Answer(404);
        var (retried, refused, fine) = (Message(1), Message(2), Message(3));
        _outbox.Add(retried, refused, fine);

        await Delivered(fine);

        Assert.Equal(["webhook retry", "webhook refused", "webhook delivered"], counted);
        await TestKit.Eventually.IsTrue("one message to be shown as pending", () =>
        {
            listener.RecordObservableInstruments();
            return Task.FromResult(pending == 1);
        });
    }

    private static Task Never(HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    private Task<NotifyingHost> Started() => NotifyingHost.Started(_outbox, _time);

    private OutboxMessage Message(int occurrence) => Messages.About(_time, occurrence, "webhook", Target);

    private Task<Delivery> Delivered(OutboxMessage message) =>
        _outbox.Until(string.Create(CultureInfo.InvariantCulture, $"{message.Id} to be delivered"), message, one => one.Status == DeliveryStatus.Delivered);
}
