using System.Buffers;
using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansIot.Application;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;
using OrleansIot.Application.Twins.Encoding;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Rules;

namespace OrleansIot.Grains.Tests;

/// <summary>What crosses between silos arrives as it was sent; and within a silo it is the same object.</summary>
public sealed class WireForms : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer(serializer => serializer.AddAssembly(typeof(GrainsRegistration).Assembly)).BuildServiceProvider();

    [Fact]
    public void Any_command_decodes_to_itself() => Prop.ForAll(AnyMessage.Command.ToArbitrary(), command =>
    {
        var target = new ArrayBufferWriter<byte>();
        TwinCommandCodec.Encode(target, command);
        Assert.Equal(command, TwinCommandCodec.Decode(target.WrittenSpan));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_message_as_it_came_goes_along()
    {
        var raw = new RawMessage("devices/d/telemetry", new byte[] { 1, 2, 3, 255 });
        var sent = TestedCluster.Reading("t", 1) with { Raw = raw };

        var arrived = Assert.IsType<TwinCommand.Ingest>(Across<TwinCommand>(sent));

        Assert.Equal(raw.Topic, arrived.Raw?.Topic);
        Assert.Equal(raw.Payload.ToArray(), arrived.Raw?.Payload.ToArray());
        Assert.Equal(sent with { Raw = null }, arrived with { Raw = null });
    }

    [Fact]
    public void Any_command_and_decision_cross_by_themselves_and_in_batches()
    {
        Prop.ForAll(AnyMessage.Command.ToArbitrary(), command => Assert.Equal(command, Across(command))).QuickCheckThrowOnFailure();
        Prop.ForAll(AnyMessage.Command.ListOf().Select(commands => commands.ToImmutableArray()).ToArbitrary(), commands =>
            Assert.Equal(commands.AsEnumerable(), Across(commands))).QuickCheckThrowOnFailure();
        Prop.ForAll(AnyMessage.Decided.ToArbitrary(), decision => AssertSame(decision, Across(decision))).QuickCheckThrowOnFailure();
        Prop.ForAll(AnyMessage.Decided.ToArbitrary(), decision => AssertSame(decision, (Decision)Across<object>(decision))).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Twins_cross_without_the_keys_that_only_their_owner_needs_and_in_lists_without_their_shadows() => Prop.ForAll(AnyMessage.Events.ToArbitrary(), events =>
    {
        var twin = events.Aggregate(new Twin(DeviceId.Parse("d")), TwinEvolution.Evolve) with { RecentMessages = RecentMessages.Of([new MessageKey(7)]) };
        var expected = twin with { RecentMessages = RecentMessages.None };

        Assert.Equal(expected with { Shadows = [] }, Across(twin));
        Assert.Equal(expected, Across(new TwinView(twin, null)).Twin);
        Assert.Equal(expected, Across<FleetChange>(new FleetChange.StatusChanged(twin)).Twin);
        Assert.Equal(new FleetChange.ShadowChanged(expected), Across<FleetChange>(new FleetChange.ShadowChanged(twin)));
        Assert.Equal(expected with { Shadows = [] }, Across(new DevicePage([twin], 3, "next")).Items.Single());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_asked_of_the_fleet_crosses()
    {
        var query = new DeviceQuery("pump", DeviceStatus.Offline, Severity.Critical, DeviceOrder.WorstFirst, 3, "c", 9, "type eq 'pump'", "-temperature");
        var counts = new FleetCounts(1, 2, 3, 4, 5, 6, 7, 8);
        var outage = new FleetOutage(new Instant(1_000), new Instant(3_000), 137, 4, 200, "connection lost", [DeviceId.Parse("a"), DeviceId.Parse("b")]);
        var reading = new FleetChange.ReadingArrived(new Twin(DeviceId.Parse("d")), TestedCluster.Reading("t", 1).Reading) { Missed = 5 };

        Assert.Equal(query, Across(query));
        Assert.Equal(counts, Across(counts));
        Assert.Equal(counts with { Outage = outage }, Across(counts with { Outage = outage }));
        foreach (var told in new[] { outage, outage with { BackAt = new Instant(9_000), Sample = [] } })
            Assert.Equal(told, Assert.IsType<FleetChange.OutageChanged>(Across<FleetChange>(new FleetChange.OutageChanged(new Twin(DeviceId.Parse("d")), told))).Outage);

        Assert.Equal(FleetFilter.All, Across(FleetFilter.All));
        Assert.Equal(new FleetFilter(DeviceId.Parse("d"), Readings: false), Across(new FleetFilter(DeviceId.Parse("d"), Readings: false)));
        Assert.Equal(reading, Across<FleetChange>(reading));
        var parts = FleetParts.Of([new Twin(DeviceId.Parse("d")) { Description = new DeviceDescription(null, "pump", null, []) { Site = "s", Groups = ["g"] } }]);
        var arrived = Across(parts);
        Assert.Equal((parts.Sites[0], parts.Groups[0], parts.Types[0]), (arrived.Sites.Single(), arrived.Groups.Single(), arrived.Types.Single()));
        var edit = new RuleEdit(true, Given.RuleAbove("r", "t", 1));
        Assert.Equal(edit, Across(edit));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_owner_s_fault_says_on_the_other_side_whether_it_may_pass(bool isTransient)
    {
        var sent = new TwinUnavailableException("It could not be recorded.", new StoreException("The disk is full.", isTransient));

        var arrived = Assert.IsType<TwinUnavailableException>(Across<object>(sent));

        Assert.Equal((sent.Message, isTransient, "The disk is full."), (arrived.Message, arrived.IsTransient, arrived.InnerException?.Message));
    }

    [Fact]
    public void Within_a_silo_nothing_is_copied()
    {
        var copier = _services.GetRequiredService<DeepCopier>();
        TwinCommand command = TestedCluster.Reading("t", 1);
        var view = new TwinView(new Twin(DeviceId.Parse("d")), null);

        Assert.Same(command, copier.Copy(command));
        Assert.Same(view, copier.Copy(view));
        Assert.Same(Decision.Accepted.Unchanged, copier.Copy<Decision>(Decision.Accepted.Unchanged));
    }

    public void Dispose() => _services.Dispose();

    private static void AssertSame(Decision sent, Decision arrived)
    {
        if (sent is Decision.Accepted accepted)
            Assert.Equal(accepted.Events.AsEnumerable(), Assert.IsType<Decision.Accepted>(arrived).Events);
        else
            Assert.Equal(sent, arrived);
    }

    private T Across<T>(T message)
    {
        var serializer = _services.GetRequiredService<Serializer>();
        return serializer.Deserialize<T>(serializer.SerializeToArray(message))!;
    }
}
