using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Storage;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Application.Tests.Twins;

/// <summary>The twins of the Standalone edition over a store in memory and a clock that only the test moves.</summary>
public sealed class TwinHost : IAsyncDisposable
{
    private readonly Dictionary<string, string?> _settings = new() { ["Twins:HeartbeatLimit"] = "00:01:00", ["Twins:MailboxCapacity"] = "8" };
    private ServiceProvider _services = null!;

    private TwinHost()
    {
    }

    public InMemoryStore Store { get; } = new();

    public ManualTime Time { get; } = new();

    public ChosenRules Rules { get; } = new();

    public IServiceProvider Services => _services;

    public ITwins Twins => _services.GetRequiredService<ITwins>();

    public IFleet Fleet => _services.GetRequiredService<IFleet>();

    public Instant Now => Instant.From(Time.GetUtcNow());

    public static async Task<TwinHost> Start(params Rule[] rules)
    {
        var host = new TwinHost();
        host.Rules.Set(rules);
        await host.StartServices();
        return host;
    }

    /// <summary>As after a crash: what was in memory is gone, the store stays.</summary>
    public async Task Crash()
    {
        await _services.DisposeAsync();
        await StartServices();
    }

    public async Task Stop()
    {
        foreach (var service in _services.GetServices<IHostedService>().Reverse())
            await service.StopAsync(CancellationToken.None);

        await _services.DisposeAsync();
    }

    public ValueTask<Decision> Ingest(string device, string metric, double value, string? messageId = null, SessionId? session = null)
    {
        var reading = new Reading(Now, Now, [new Metric(MetricName.Parse(metric), MetricValue.Of(value))]);
        var key = messageId is null ? MessageKey.None : MessageKey.OfMessageId(messageId);
        return Twins.Execute(DeviceId.Parse(device), new TwinCommand.Ingest(reading, key, messageId is not null, Redelivered: false, session));
    }

    /// <summary>Completes when the owner has finished everything before, its timers included: what is announced is not yet scheduled.</summary>
    public async Task Settled(string device) => await Twins.Execute(DeviceId.Parse(device), new TwinCommand.Review(Now));

    public async Task<Twin> Find(string device)
    {
        var view = await Twins.Find(DeviceId.Parse(device));
        Assert.NotNull(view);
        return view.Twin;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private async Task StartServices()
    {
        var services = new ServiceCollection().AddLogging();
        Store.AddTo(services);
        _services = services
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<IRules>(Rules)
            .AddSingleton(AlertMessagesFixture.WebhooksAlone)
            .AddTwins(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build())
            .BuildServiceProvider();

        foreach (var service in _services.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
    }

    /// <summary>The rules that a test chose.</summary>
    public sealed class ChosenRules : IRules
    {
        private long _revision;
        private int _looks;

        public event Action? Changed;

        /// <summary>How often an owner looked: twice for each batch of commands.</summary>
        public int Looks => Volatile.Read(ref _looks);

        /// <summary>Thrown whenever an owner asks for its rules.</summary>
        public Exception? Failure { get; set; }

        public long Revision
        {
            get
            {
                Interlocked.Increment(ref _looks);
                return _revision;
            }
        }

        public ImmutableArray<Rule> All { get; private set; } = [];

        public void Set(params Rule[] rules)
        {
            All = [.. rules];
            _revision++;
            Changed?.Invoke();
        }

        public Rule? Find(RuleId rule) => All.FirstOrDefault(candidate => candidate.Id == rule);

        public RuleSet For(DeviceId device, string? deviceType) => Failure is null ? RuleSet.For(device, deviceType, All) : throw Failure;

        public ValueTask<Rule> Put(Rule rule, CancellationToken cancellation = default) => throw new NotSupportedException("Tests set the rules.");

        public ValueTask<Rule?> Put(Rule rule, long expectedVersion, CancellationToken cancellation = default) => throw new NotSupportedException("Tests set the rules.");

        public ValueTask<bool> Delete(RuleId rule, long expectedVersion, CancellationToken cancellation = default) => throw new NotSupportedException("Tests set the rules.");

        public ValueTask<bool> Delete(RuleId rule, CancellationToken cancellation = default) => throw new NotSupportedException("Tests set the rules.");
    }
}
