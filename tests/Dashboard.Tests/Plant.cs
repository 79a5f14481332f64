using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard.Live;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
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
