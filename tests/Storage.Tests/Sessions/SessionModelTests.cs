using FsCheck;
using FsCheck.Fluent;
using OrleansIot.Application;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.TestKit.Storage;
using static OrleansIot.Storage.Tests.Samples;
using static OrleansIot.Storage.Tests.Sessions.SessionSamples;

namespace OrleansIot.Storage.Tests.Sessions;

/// <summary>The same changes, failures and restarts among them, go to the store and to the one in memory; both hold the same.</summary>
public abstract class SessionModelTests(int runs)
{
    private static readonly string[] Clients = ["a", "b", "c"];

    private static readonly Gen<Draw> AnyDraw =
        from kind in Gen.Choose(0, 20)
        from client in Gen.Elements(Clients)
        from others in Gen.Choose(0, 7)
        from back in Gen.Choose(0, 9)
        from small in Gen.Choose(1, 3)
        select new Draw(kind, client, others, back, small);

    private static readonly Gen<Step> AnyStep = Gen.Frequency(
        (8, AnyDraw.NonEmptyListOf().Select(draws => new Step(StepKind.Append, [.. draws]))),
        (1, AnyDraw.NonEmptyListOf().Select(draws => new Step(StepKind.FailingAppend, [.. draws]))),
        (1, Gen.Constant(new Step(StepKind.Restart, []))));

    private enum StepKind
    {
        Append,
        FailingAppend,
        Restart,
    }

    protected abstract ISessionsUnderTest New();

    /// <summary>Skips the test where there is no such store: within the property it would count as a failure.</summary>
    protected virtual void Require()
    {
    }

    [Fact]
    public void The_store_holds_what_the_one_in_memory_holds()
    {
        Require();
        Prop.ForAll(AnyStep.ListOf().ToArbitrary(), steps => RunAsync([.. steps]).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(runs));
    }

    private async Task RunAsync(Step[] steps)
    {
        var model = new InMemorySessionStore();
        await using var subject = New();
        var store = await subject.Open();
        long last = 0;
        foreach (var (kind, draws) in steps)
        {
            if (kind == StepKind.Restart)
            {
                Assert.Equal(await model.Text(), await store.Text());
                store = await subject.Open();
                Assert.Equal(await model.Text(), await store.Text());
                continue;
            }

            SessionChange[] changes = [.. draws.Select(draw => Change(draw, ref last))];
            if (kind == StepKind.Append)
            {
                await store.Append(changes, default);
                await model.Append(changes, default);
                continue;
            }

            // A change of a message makes it one that the store under test cannot do in passing.
            changes = [.. changes, new SessionChange.Retained(Message("r", "never"))];
            await subject.WhileWritesFail(async () => await Assert.ThrowsAsync<StoreException>(async () => await store.Append(changes, default)));
        }

        Assert.Equal(await model.Text(), await store.Text());
        Assert.Equal(await model.Text(), await (await subject.Open()).Text());
        Assert.Equal((await model.Load(default)).Sessions.SelectMany(session => session.Owed).Select(owed => owed.Message).Distinct(ReferenceEqualityComparer.Instance).Count(), await subject.Messages());
    }

    private static SessionChange Change(Draw draw, ref long last)
    {
        var (kind, client, others, back, small) = draw;
        var packet = (ushort)small;
        var topic = $"t{small}";

        // One of the latest deliveries, of whomever it is: a third of these belong to the client.
        var number = Math.Max(1, last - back);
        switch (kind)
        {
            case < 6:
                var deliveries = new List<StoredDelivery>();
                for (var i = 0; i < Clients.Length; i++)
                {
                    if ((others & (1 << i)) != 0)
                        deliveries.Add(new StoredDelivery(Clients[i], ++last, (byte)(1 + (small % 2)), small == 1, small == 2 ? [7, (uint)back] : []));
                }

                return new SessionChange.Owed(Message(topic, $"m{last}", (byte)(small - 1)) with { ExpiresAt = small == 3 ? At(back) : null }, deliveries);
            case < 11: return new SessionChange.Delivered(client, number);
            case 11: return new SessionChange.Sent(client, number, packet);
            case 12: return new SessionChange.Released(client, number);
            case < 15: return new SessionChange.Kept(client, (uint)back, small == 1 ? At(back) : null);
            case 15: return new SessionChange.Ended(client);
            case 16: return new SessionChange.Subscribed(client, new StoredSubscription(topic, (byte)back, small == 1 ? (uint)back + 1 : null));
            case 17: return new SessionChange.Unsubscribed(client, topic);
            case 18: return others % 2 == 0 ? new SessionChange.Received(client, packet) : new SessionChange.Completed(client, packet);
            case 19: return new SessionChange.WillDue(client, small == 1 ? null : new StoredWill(Message(topic, "will"), At(back)));
            default: return others % 3 == 0 ? new SessionChange.RetainedRemoved(Utf8(topic)) : new SessionChange.Retained(Message(topic, $"r{back}"));
        }
    }

    private sealed record Step(StepKind Kind, Draw[] Draws);

    private sealed record Draw(int Kind, string Client, int Others, int Back, int Small);
}
