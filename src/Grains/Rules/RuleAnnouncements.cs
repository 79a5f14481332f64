using Microsoft.Extensions.Logging;
using Orleans.Runtime.Services;
using OrleansIot.Application;
using OrleansIot.Domain.Rules;
using OrleansIot.Grains.Silos;

namespace OrleansIot.Grains.Rules;

/// <summary>Tells every silo of a changed rule.</summary>
internal sealed partial class RuleAnnouncements(IServiceProvider services, SiloMembers silos, TimeProvider time, ILogger<RuleAnnouncements> log)
    : GrainServiceClient<ISiloRules>(services)
{
    // A silo answers within milliseconds; one that hangs must not keep a person waiting, and reads the store when it is back.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Completes once all that can be reached have it in force.</summary>
    public Task Announce(RuleId rule, Rule? definition) => Task.WhenAll(silos.Active().Select(silo => Announce(silo, rule, definition)));

    /// <summary>Completes once all that can be reached have the device types as they are stored.</summary>
    public Task AnnounceTypes() => Task.WhenAll(silos.Active().Select(AnnounceTypes));

    private async Task AnnounceTypes(SiloAddress silo)
    {
        try
        {
            await GetGrainService(silo).TypesChanged().WaitAsync(Patience, time);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or StoreException)
        {
            LogTypesNotTold(silo, e.Message);
        }
    }

    private async Task Announce(SiloAddress silo, RuleId rule, Rule? definition)
    {
        try
        {
            await GetGrainService(silo).Changed(rule.Value, definition).WaitAsync(Patience, time);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            LogNotTold(silo, rule, e.Message);
        }
    }

    [LoggerMessage(5034, LogLevel.Warning, "Silo {Silo} was not told that device types changed; it looks for itself within half a minute: {Reason}")]
    private partial void LogTypesNotTold(SiloAddress silo, string reason);

    [LoggerMessage(5030, LogLevel.Warning, "Silo {Silo} was not told of the change of rule {RuleId}; it looks for itself within half a minute: {Reason}")]
    private partial void LogNotTold(SiloAddress silo, RuleId ruleId, string reason);
}
