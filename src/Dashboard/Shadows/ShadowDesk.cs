using System.Collections.Immutable;
using OrleansIot.Application.Twins;
using OrleansIot.Dashboard.Operators;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Dashboard.Shadows;

/// <summary>The shadows of one device before a person: which one lies open, and what is being typed into it.</summary>
public sealed class ShadowDesk(DeviceId device, ITwins twins, Operator person, int maxDepth)
{
    /// <summary>How often saving follows a device that reports in between.</summary>
    private const int Tries = 5;

    private ImmutableArray<Shadow> _shadows = [];
    private bool _isChosen;
    private long _seen;

    /// <summary>The one that lies open; it need not exist yet.</summary>
    public ShadowName Chosen { get; private set; } = ShadowName.Classic;

    /// <summary>Those that are there, and always the classic one, which anybody may begin.</summary>
    public IReadOnlyList<ShadowName> Names => [.. _shadows.Select(shadow => shadow.Name).Append(ShadowName.Classic).Append(Chosen).Distinct().Order()];

    /// <summary>Null where there is no such shadow.</summary>
    public Shadow? Shadow => _shadows.FirstOrDefault(shadow => shadow.Name == Chosen);

    /// <summary>Null while nobody types.</summary>
    public ShadowDraft? Draft { get; private set; }

    /// <summary>Null while nobody adds a shadow; otherwise the name as far as it is typed.</summary>
    public string? NewName { get; set; }

    public string? NameMend { get; private set; }

    public bool AsksToDelete { get; set; }

    /// <summary>Why the shadow was not deleted; stands until the next attempt.</summary>
    public string? Trouble { get; private set; }

    public static string LabelOf(ShadowName name) => name.IsClassic ? "classic" : name.Value;

    /// <summary>What is believed of the device by now; passed over where something newer was shown. What is being typed stays.</summary>
    public void Show(Twin twin)
    {
        if (twin.Version < _seen)
            return;

        _seen = twin.Version;
        Lay(twin);
    }

    /// <summary>As the device was at some moment, earlier or later than the one shown.</summary>
    public void ShowPast(Twin twin) => Lay(twin);

    public void Choose(ShadowName name)
    {
        if (Draft is not null)
            return;

        (Chosen, _isChosen, AsksToDelete, Trouble, NewName, NameMend) = (name, true, false, null, null, null);
    }

    /// <summary>Opens the shadow that is named, which need not exist yet, to be typed into.</summary>
    public void Add()
    {
        if (!ShadowName.TryParse(NewName?.Trim(), out var name))
        {
            NameMend = $"{ShadowFault.InvalidName.Message}.";
            return;
        }

        Choose(name);
        Edit();
    }

    public void Edit() => (Draft, AsksToDelete, Trouble) = (new ShadowDraft(Shadow, maxDepth), false, null);

    public void Cancel() => Draft = null;

    public async Task Save(CancellationToken cancellation)
    {
        if (Draft is not { } draft || draft.Read() is not { } patch)
            return;

        draft.Accept();
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            if (await person.UpdateShadow(device, Chosen, patch, draft.Version, cancellation) is not { } refusal)
            {
                Draft = null;
                _isChosen = true;
                await Look(cancellation);
                return;
            }

            draft.Refuse(refusal.Code, refusal.Detail.EndsWith('.') ? refusal.Detail : $"{refusal.Detail}.");
            if (refusal.Code != ShadowFault.VersionConflict.Code)
                return;

            // The device may only have reported meanwhile, which is nobody's conflict.
            await Look(cancellation);
            if (draft.Overtaken is not null)
                return;
        }
    }

    public async Task Delete(CancellationToken cancellation)
    {
        if (Shadow is not { } shadow)
            return;

        var refusal = await person.DeleteShadow(device, Chosen, shadow.Version, cancellation);
        AsksToDelete = false;
        await Look(cancellation);
        Trouble = refusal switch
        {
            null => null,
            { Code: "shadow.version-conflict" } when Shadow is { } now => $"Not deleted: it changed to version {now.Version} meanwhile. Look again before you delete it.",
            _ => $"Not deleted: {refusal.Detail}",
        };
    }

    private void Lay(Twin twin)
    {
        _shadows = [.. twin.Shadows.Where(shadow => shadow.Exists)];
        if (!_isChosen && Draft is null && Shadow is null && _shadows is [var first, ..])
            Chosen = first.Name;

        Draft?.Meet(Shadow);
    }

    private async Task Look(CancellationToken cancellation)
    {
        if (await twins.Find(device, cancellation) is { Twin: var twin })
            Show(twin);
    }
}
