namespace OrleansIot.Domain.Twins;

/// <summary>How maintenance begins and ends. What it holds back, <see cref="AlertRules"/> know.</summary>
internal static class MaintenanceRules
{
    public static Decision Decide(TwinDraft draft, TwinCommand.SetMaintenance set)
    {
        if (set.Reason.Length > Maintenance.MaxReasonLength || set.By.Length is 0 or > Maintenance.MaxByLength || set.Reason.Any(char.IsControl) || set.By.Any(char.IsControl))
            return new Decision.Rejected(TwinRejection.MaintenanceInvalid);

        if (set.Expected is { } seen && seen.Maintenance != draft.Twin.Maintenance)
            return new Decision.Rejected(TwinRejection.MaintenanceChanged);

        var before = draft.Twin.Status;
        if (set.On && draft.Twin.Maintenance?.Reason != set.Reason)
        {
            draft.Add(new TwinEvent.MaintenanceBegan(set.Reason, set.By, set.At));
            AlertRules.EvaluateStatus(draft, before, set.At);
        }
        else if (!set.On && draft.Twin.Maintenance is not null)
        {
            draft.Add(new TwinEvent.MaintenanceEnded(set.By, set.At));

            // What it held back: alerts whose condition still holds fire, and those that cleared meanwhile resolve.
            AlertRules.Review(draft, set.At);
        }

        return draft.Decide();
    }
}
