using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Past;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard.Live;
using OrleansIot.Dashboard.Operators;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Storage;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Dashboard.Tests;

/// <summary>A small fleet on the real twins and rules, in memory, on a clock that the test moves.</summary>
internal sealed class Plant : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private long _messages;

    public Plant()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Time);
        Store.AddTo(services);
        services.AddSingleton(new AlertMessages([]));
        services.AddRules();
        services.AddTwins(new ConfigurationBuilder().Build());
        _services = services.BuildServiceProvider();
    }

    public ManualTime Time { get; } = new();

    public InMemoryStore Store { get; } = new();

    public ITwins Twins => _services.GetRequiredService<ITwins>();

    public IFleet Fleet => _services.GetRequiredService<IFleet>();

    public IRules Rules => _services.GetRequiredService<IRules>();

    public IDeviceTypes Types => _services.GetRequiredService<IDeviceTypes>();

    public TwinPast Past => _services.GetRequiredService<TwinPast>();

    public Operator Operator => new(Twins, Time);

    public Instant Now => Instant.From(Time.GetUtcNow());

    public async Task<Twin> Report(string device, params (string Metric, double Value)[] values)
    {
        var id = DeviceId.Parse(device);
        var reading = new Reading(Now, Now, [.. values.Select(value => new Metric(MetricName.Parse(value.Metric), MetricValue.Of(value.Value)))]);
        var key = MessageKey.OfMessageId($"message-{++_messages}");
        var raw = new RawMessage($"devices/{device}/telemetry", Encoding.UTF8.GetBytes($$"""{"message":{{_messages}}}"""));
        await Twins.Execute(id, new TwinCommand.Ingest(reading, key, KeyIsMessageId: true, Redelivered: false, Session: null, raw));
        return (await Twins.Find(id))!.Twin;
    }

    /// <summary>"Too hot": temperature above 70, clears at 65.</summary>
    public ValueTask<Rule> WatchForHeat(Severity severity = Severity.Critical) => Rules.Put(new Rule(
        RuleId.Parse("too-hot"),
        "Too hot",
        null,
        Rule.AllTypes,
        [],
        new RuleCondition(MetricName.Parse("temperature"), ComparisonOperator.Above, MetricValue.Of(70), TimeSpan.Zero),
        65,
        severity,
        Active: true,
        TimeSpan.Zero,
        RuleActions.None,
        0));

    /// <summary>A request to a shadow, as a device or a program sends it.</summary>
    public async Task<Shadow> Shadow(string device, string state, string author, ShadowName name = default)
    {
        var id = DeviceId.Parse(device);
        var request = ShadowRequest.Read(Encoding.UTF8.GetBytes($$"""{"state":{{state}}}"""), 6, out _, out _)!;
        Assert.IsType<Decision.Accepted>(await Twins.Execute(id, new TwinCommand.UpdateShadow(name, request.State, null, null, author, null, Now)));
        return (await Twins.Find(id))!.Twin.FindShadow(name)!;
    }

    public async Task<Twin> Twin(string device) => (await Twins.Find(DeviceId.Parse(device)))!.Twin;

    /// <summary>Boilers have a temperature in degrees, believed from 0 to 100, and a pressure in each reading.</summary>
    public async Task DefineBoilers(string device)
    {
        var type = new DeviceType(
            DeviceTypeId.Parse("boiler"), "Boiler", null,
            [new(MetricName.Parse("temperature"), MetricKind.Number, "C", 0, 100), new(MetricName.Parse("pressure"), MetricKind.Number, "bar", Required: true)],
            [], BreachPolicy.Flag, Strict: false, 0);
        Assert.NotNull(await Types.Put(type, 0));
        await Operator.Describe(DeviceId.Parse(device), DeviceDescription.None with { Type = "boiler" }, DeviceDescription.None);
    }

    public async Task<FleetUpdate> UpdateOf(params string[] devices)
    {
        var twins = new Dictionary<DeviceId, Twin>();
        foreach (var device in devices.Select(DeviceId.Parse))
            twins[device] = (await Twins.Find(device))!.Twin;

        return new FleetUpdate(twins, [], BeyondReadings: true, Incomplete: false);
    }

    public async Task<Alert> OpenAlertOf(string device) => Assert.Single((await Twins.Find(DeviceId.Parse(device)))!.Twin.OpenAlerts);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
