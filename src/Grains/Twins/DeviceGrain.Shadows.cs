using System.Collections.Immutable;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Interfaces.Devices;

namespace OrleansIot.Grains.Twins;

/// <summary>Its shadows, for integrators.</summary>
internal sealed partial class DeviceGrain
{
    public async Task<ImmutableArray<string>> ShadowNames() => await Find() is { } view ? DeviceShadowMessages.NamesOf(view.Twin) : [];

    public async Task<DeviceShadow?> Shadow(string? name) =>
        DeviceShadowMessages.TryParse(name, out var shadowName) && (await Find())?.Twin.FindShadow(shadowName) is { } shadow
            ? DeviceShadowMessages.ShadowOf(shadow, Now)
            : null;

    public async Task<DeviceShadowAnswer> UpdateShadow(string? name, string document, string by)
    {
        if (!DeviceMessages.IsName(by))
            return DeviceShadowMessages.NobodyAsks;
        if (!DeviceShadowMessages.TryParse(name, out var shadowName))
            return DeviceShadowMessages.Refuse(ShadowFault.InvalidName);
        if (DeviceShadowMessages.RequestOf(document, _services.Twins.ShadowLimits.MaxDepth, out var fault) is not { } request)
            return DeviceShadowMessages.Refuse(fault!);

        var decision = await Execute(new TwinCommand.UpdateShadow(shadowName, request.State, request.ExpectedVersion, request.ClientToken, by, Session: null, Now));
        return DeviceShadowMessages.AnswerOf(decision);
    }

    public async Task<DeviceShadowAnswer> DeleteShadow(string? name, long? expectedVersion, string by)
    {
        if (!DeviceMessages.IsName(by))
            return DeviceShadowMessages.NobodyAsks;
        if (!DeviceShadowMessages.TryParse(name, out var shadowName))
            return DeviceShadowMessages.Refuse(ShadowFault.InvalidName);

        return DeviceShadowMessages.AnswerOf(await Execute(new TwinCommand.DeleteShadow(shadowName, expectedVersion, ClientToken: null, by, Now)));
    }
}
