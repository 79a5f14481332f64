using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Cluster;

/// <summary>Takes everything and keeps nothing, so that what is measured is the twins and not where they are stored.</summary>
internal sealed class ForgetfulStore : ITwinJournal, ITwinSnapshots, IRuleStore, IDeviceTypeStore
{
    public ValueTask Append(TwinAppend append, CancellationToken cancellation) => ValueTask.CompletedTask;

    public IAsyncEnumerable<JournaledEvent> Read(DeviceId device, long afterVersion, CancellationToken cancellation) => AsyncEnumerable.Empty<JournaledEvent>();

    public ValueTask<Twin?> Load(DeviceId device, CancellationToken cancellation) => default;

    public ValueTask Save(IReadOnlyCollection<Twin> twins, CancellationToken cancellation) => ValueTask.CompletedTask;

    public IAsyncEnumerable<DeviceId> Devices(CancellationToken cancellation) => AsyncEnumerable.Empty<DeviceId>();

    // As if somebody had deleted the shipped rules: a rule costs each reading something, and the bare grain has none.
    public ValueTask<bool> IsSeeded(CancellationToken cancellation) => new(true);

    public ValueTask MarkSeeded(CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<Rule>> List(CancellationToken cancellation) => new([]);

    public ValueTask Put(Rule rule, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<bool> Delete(RuleId rule, long version, CancellationToken cancellation) => new(false);

    ValueTask<IReadOnlyList<DeviceType>> IDeviceTypeStore.List(CancellationToken cancellation) => new([]);

    public ValueTask Put(DeviceType type, CancellationToken cancellation) => ValueTask.CompletedTask;

    public ValueTask<bool> Delete(DeviceTypeId type, long version, CancellationToken cancellation) => new(false);
}
