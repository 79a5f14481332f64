using OrleansIot.Application;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Domain.Devices.Types;

namespace OrleansIot.Dashboard.DeviceTypes;

/// <summary>A device type before a person who changes it: written only onto what they have seen.</summary>
public sealed class TypeDesk
{
    private static readonly DeviceTypeRefusal Unanswered =
        new("device-type.unavailable", "The store did not answer, so it is not known whether this was done. Look again in a moment.");

    private readonly IDeviceTypes _types;

    /// <param name="edited">Null: a new one is written.</param>
    public TypeDesk(IDeviceTypes types, DeviceType? edited)
    {
        _types = types;
        Form = edited is null ? new TypeForm() : TypeForm.Of(edited);
        Version = edited?.Version ?? 0;
    }

    public TypeForm Form { get; private set; }

    /// <summary>That is written onto; 0: there is none.</summary>
    public long Version { get; private set; }

    /// <summary>Why it was not done; stands until the next attempt.</summary>
    public DeviceTypeRefusal? Refusal { get; private set; }

    /// <summary>Somebody else wrote or removed it meanwhile: what is typed stays, until the person says which counts.</summary>
    public bool IsOvertaken { get; private set; }

    /// <summary>As it is by now, where <see cref="IsOvertaken"/>; null: it is gone.</summary>
    public DeviceType? Present { get; private set; }

    public bool AsksToDelete { get; set; }

    /// <returns>What was stored; null where it was not.</returns>
    public async Task<DeviceType?> Save(CancellationToken cancellation)
    {
        (Refusal, AsksToDelete) = (null, false);
        if (Form.Build() is not { } type)
        {
            Refusal = new(DeviceTypeDocument.InvalidCode, "Not saved: mend what is marked.");
            return null;
        }

        DeviceType? stored = null;
        if (await Tried(async () => stored = await _types.Put(type, Version, cancellation)) && stored is null)
            BeOvertaken(type.Id);

        return stored;
    }

    /// <returns>Whether it is gone.</returns>
    public async Task<bool> Delete(CancellationToken cancellation)
    {
        (Refusal, AsksToDelete) = (null, false);
        var id = DeviceTypeId.Parse(Form.Id);
        var deleted = false;
        if (await Tried(async () => deleted = await _types.Delete(id, Version, cancellation)) && !deleted)
            BeOvertaken(id);

        return deleted;
    }

    /// <summary>The person takes what is there: what was typed goes.</summary>
    public void TakeTheirs()
    {
        Form = Present is null ? new TypeForm() : TypeForm.Of(Present);
        Settle();
    }

    /// <summary>The person has read that it changed: the next save puts what is typed in its place.</summary>
    public void KeepMine() => Settle();

    private void Settle() => (Version, Refusal, IsOvertaken, Present) = (Present?.Version ?? 0, null, false, null);

    private void BeOvertaken(DeviceTypeId id)
    {
        (IsOvertaken, Present) = (true, _types.Find(id));
        Refusal = DeviceTypeRefusal.Changed(Present);
    }

    private async Task<bool> Tried(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (StoreException)
        {
            Refusal = Unanswered;
            return false;
        }
    }
}
