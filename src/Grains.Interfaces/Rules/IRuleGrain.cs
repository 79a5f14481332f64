namespace OrleansIot.Grains.Interfaces.Rules;

/// <summary>
/// One alert rule. Key: the rule id, of the same characters as a device id. Writes are one after the other; one that completed is
/// in force on every silo that could be reached, and on the others soon after they can be.
/// </summary>
/// <remarks>A key that is no rule id throws <see cref="ArgumentException"/>. Any other exception: the outcome is unknown, look again.</remarks>
[Alias("orleansiot.rule")]
public interface IRuleGrain : IGrainWithStringKey
{
    /// <summary>Null where there is no such rule.</summary>
    [Alias("get")]
    Task<RuleDefinition?> Get();

    /// <summary>Creates or replaces the rule, onto what the caller has seen.</summary>
    /// <param name="document">A rule document, as the REST API takes it: JSON, at most 1 MiB. It may leave out <c>ruleId</c>; its <c>version</c> is ignored.</param>
    /// <param name="expectedVersion">That of the rule to replace; 0: there is none; null: whatever there is.</param>
    /// <returns><c>ok</c>; <c>rule.invalid</c> with all faults; <c>rule.changed</c> with what there is.</returns>
    [Alias("put")]
    Task<RuleAnswer> Put(string document, long? expectedVersion);

    /// <summary>Removes the rule; its open alerts are resolved.</summary>
    /// <param name="expectedVersion">That of the rule to remove; null: whatever there is.</param>
    /// <returns><c>ok</c>; <c>rule.unknown</c>; <c>rule.changed</c> with what there is.</returns>
    [Alias("delete")]
    Task<RuleAnswer> Delete(long? expectedVersion);
}
