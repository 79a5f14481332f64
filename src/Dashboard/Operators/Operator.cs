using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Operators;

/// <summary>
/// What the person at this browser does. Everybody is "operator" until there are users. Each action answers why it was not
/// done, for people; null when it was.
/// </summary>
public sealed class Operator(ITwins twins, TimeProvider time)
{
    public const string Name = "operator";

    public Task<string?> Acknowledge(AlertId alert, CancellationToken cancellation = default) =>
        Do(alert.Device, new TwinCommand.AcknowledgeAlert(alert, Name, Now), cancellation);

    public Task<string?> Resolve(AlertId alert, CancellationToken cancellation = default) =>
        Do(alert.Device, new TwinCommand.ResolveAlert(alert, Name, Now), cancellation);

    public Task<string?> Describe(DeviceId device, DeviceDescription description, CancellationToken cancellation = default) =>
        Do(device, new TwinCommand.Describe(description, Now), cancellation);

    private Instant Now => Instant.From(time.GetUtcNow());

    private async Task<string?> Do(DeviceId device, TwinCommand command, CancellationToken cancellation)
    {
        try
        {
            return await twins.Execute(device, command, cancellation) is Decision.Rejected rejected ? rejected.Reason.Detail : null;
        }
        catch (TwinUnavailableException)
        {
            return "The store did not answer, so it is not known whether this was saved. Look again in a moment.";
        }
    }
}
