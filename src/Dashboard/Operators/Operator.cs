using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Operators;

/// <summary>
/// What the person at this browser does. Everybody is "operator" until there are users. Each action answers why it was not
/// done, for people or with its code; null when it was.
/// </summary>
public sealed class Operator(ITwins twins, TimeProvider time)
{
    public const string Name = "operator";

    private static readonly TwinRejection Unknown =
        new("twin.unavailable", "The store did not answer, so it is not known whether this was saved. Look again in a moment.");

    public Task<string?> Acknowledge(AlertId alert, CancellationToken cancellation = default) =>
        Do(alert.Device, new TwinCommand.AcknowledgeAlert(alert, Name, Now), cancellation);

    public Task<string?> Resolve(AlertId alert, CancellationToken cancellation = default) =>
        Do(alert.Device, new TwinCommand.ResolveAlert(alert, Name, Now), cancellation);

    /// <param name="expected">What it was when the person looked at it.</param>
    public Task<TwinRejection?> Describe(DeviceId device, DeviceDescription description, DeviceDescription expected, CancellationToken cancellation = default) =>
        Ask(device, new TwinCommand.Describe(description, Now, expected), cancellation);

    public Task<string?> BeginMaintenance(DeviceId device, string reason, CancellationToken cancellation = default) =>
        Do(device, new TwinCommand.SetMaintenance(On: true, reason.Trim(), Name, Now), cancellation);

    public Task<string?> EndMaintenance(DeviceId device, CancellationToken cancellation = default) =>
        Do(device, new TwinCommand.SetMaintenance(On: false, "", Name, Now), cancellation);

    /// <param name="expected">The version that the person looked at; 0 where there was no such shadow.</param>
    public Task<TwinRejection?> UpdateShadow(DeviceId device, ShadowName shadow, ShadowPatch patch, long expected, CancellationToken cancellation = default) =>
        Ask(device, new TwinCommand.UpdateShadow(shadow, patch, expected, ClientToken: null, Name, Session: null, Now), cancellation);

    public Task<TwinRejection?> DeleteShadow(DeviceId device, ShadowName shadow, long expected, CancellationToken cancellation = default) =>
        Ask(device, new TwinCommand.DeleteShadow(shadow, expected, ClientToken: null, Name, Now), cancellation);

    private Instant Now => Instant.From(time.GetUtcNow());

    private async Task<string?> Do(DeviceId device, TwinCommand command, CancellationToken cancellation) => (await Ask(device, command, cancellation))?.Detail;

    private async Task<TwinRejection?> Ask(DeviceId device, TwinCommand command, CancellationToken cancellation)
    {
        try
        {
            return await twins.Execute(device, command, cancellation) is Decision.Rejected rejected ? rejected.Reason : null;
        }
        catch (TwinUnavailableException)
        {
            return Unknown;
        }
    }
}
