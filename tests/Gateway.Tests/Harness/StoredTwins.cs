using System.Collections.Immutable;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>The twins of the Standalone edition behind a gateway, over a store in memory, without rules.</summary>
internal static class StoredTwins
{
    public static Action<IServiceCollection> Over(InMemoryStore store, params (string Setting, string Value)[] settings) => services =>
    {
        services.AddSingleton(store.Journal).AddSingleton<Application.Twins.Ports.ITwinJournal>(store.Journal).AddSingleton<Application.Twins.Ports.ITwinSnapshots>(store.Journal);
        services.AddSingleton<Application.DeviceTypes.Ports.IDeviceTypeStore>(store.DeviceTypes);
        services.AddSingleton<IRules, NoRules>();
        services.AddSingleton(new AlertMessages([]));
        services.AddTwins(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create<string, string?>(one.Setting, one.Value))).Build());
    };

    private sealed class NoRules : IRules
    {
        public event Action? Changed
        {
            add { }
            remove { }
        }

        public long Revision => 0;

        public ImmutableArray<Rule> All => [];

        public Rule? Find(RuleId rule) => null;

        public RuleSet For(DeviceId device, string? deviceType) => RuleSet.Empty;

        public ValueTask<Rule> Put(Rule rule, CancellationToken cancellation = default) => throw new NotSupportedException("There are no rules.");

        public ValueTask<Rule?> Put(Rule rule, long expectedVersion, CancellationToken cancellation = default) => throw new NotSupportedException("There are no rules.");

        public ValueTask<bool> Delete(RuleId rule, long expectedVersion, CancellationToken cancellation = default) => throw new NotSupportedException("There are no rules.");

        public ValueTask<bool> Delete(RuleId rule, CancellationToken cancellation = default) => throw new NotSupportedException("There are no rules.");
    }
}
