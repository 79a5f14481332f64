using System.Collections.Immutable;
using OrleansIot.Domain.Shadows;

namespace OrleansIot.Domain.Twins;

/// <summary>The shadows of a twin: what follows from a request to one, and what an event makes of them.</summary>
internal static class ShadowDecisions
{
    /// <summary>Null: done.</summary>
    public static ShadowFault? Update(TwinDraft draft, TwinCommand.UpdateShadow update)
    {
        var (twin, limits) = (draft.Twin, draft.Context.Shadows);
        if (limits.RequireRegistration && !twin.Exists)
            return ShadowFault.UnknownThing;

        var shadow = Find(twin.Shadows, update.Shadow);
        if (shadow is null && Remembered(twin.Shadows, update.At) >= limits.MaxShadows)
            return ShadowFault.TooMany(limits.MaxShadows);

        if (ShadowRules.Update(shadow, update.Shadow, update.Patch, update.Expected, update.Author, update.At, limits, out var after) is { } fault)
            return fault;

        draft.Add(new TwinEvent.ShadowUpdated(update.Shadow, update.Patch, after.Version, update.ClientToken, update.Author, update.At));
        return null;
    }

    /// <summary>Null: done.</summary>
    public static ShadowFault? Delete(TwinDraft draft, TwinCommand.DeleteShadow delete)
    {
        if (draft.Context.Shadows.RequireRegistration && !draft.Twin.Exists)
            return ShadowFault.UnknownThing;
        if (Find(draft.Twin.Shadows, delete.Shadow) is not { Exists: true } shadow)
            return ShadowFault.Unknown(delete.Shadow, draft.Twin.Device.Value);
        if (delete.Expected is { } expected && expected != shadow.Version)
            return ShadowFault.VersionConflict;

        draft.Add(new TwinEvent.ShadowDeleted(delete.Shadow, shadow.Version, delete.ClientToken, delete.Author, delete.At));
        return null;
    }

    public static ImmutableArray<Shadow> Evolve(ImmutableArray<Shadow> shadows, TwinEvent.ShadowUpdated e)
    {
        var before = Find(shadows, e.Shadow) ?? new Shadow(e.Shadow);

        // The version is the event's: what was answered then is so, whatever a later release would have counted.
        return With(shadows, before.Updated(e.Patch, e.Author, e.At) with { Version = e.ShadowVersion }, e.At);
    }

    public static ImmutableArray<Shadow> Evolve(ImmutableArray<Shadow> shadows, TwinEvent.ShadowDeleted e)
    {
        var before = Find(shadows, e.Shadow) ?? new Shadow(e.Shadow);
        return With(shadows, before.Deleted(e.At) with { Version = e.ShadowVersion }, e.At);
    }

    public static Shadow? Find(ImmutableArray<Shadow> shadows, ShadowName name)
    {
        foreach (var shadow in shadows)
        {
            if (shadow.Name == name)
                return shadow;
        }

        return null;
    }

    private static int Remembered(ImmutableArray<Shadow> shadows, Instant at)
    {
        var count = 0;
        foreach (var shadow in shadows)
        {
            if (!shadow.IsForgotten(at))
                count++;
        }

        return count;
    }

    private static ImmutableArray<Shadow> With(ImmutableArray<Shadow> shadows, Shadow changed, Instant at)
    {
        var all = ImmutableArray.CreateBuilder<Shadow>(shadows.Length + 1);
        var isIn = false;
        foreach (var shadow in shadows)
        {
            if (!isIn && shadow.Name >= changed.Name)
            {
                all.Add(changed);
                isIn = true;
            }

            if (shadow.Name != changed.Name && !shadow.IsForgotten(at))
                all.Add(shadow);
        }

        if (!isIn)
            all.Add(changed);
        return all.DrainToImmutable();
    }
}
