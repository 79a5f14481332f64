using System.Collections.Immutable;

namespace OrleansIot.Domain.Access;

/// <summary>Policies that are there without anybody writing them.</summary>
public static class BuiltInPolicies
{
    /// <summary>
    /// What a device may do where nobody says otherwise: connect under its own name, with a persistent session and a will if it
    /// likes, and touch what is below <c>dt/devices/</c>, <c>devices/</c> and <c>$aws/things/</c> followed by that name.
    /// </summary>
    public static readonly Policy Device = new("default-device",
    [
        new("connect", PolicyEffect.Allow, PolicyActions.Connect, [Resource("client/${iot:ClientId}")],
        [
            OneLevel,
            new("ForAllValues:StringEquals", PolicyVariable.Parse("iot:ConnectAttributes"),
                [Text(nameof(ConnectAttributes.PersistentConnect)), Text(nameof(ConnectAttributes.LastWill))],
                Quantifier: ConditionQuantifier.ForAllValues),
        ]),
        new("messages", PolicyEffect.Allow, PolicyActions.Publish | PolicyActions.Receive | PolicyActions.GetRetainedMessage,
            Own("topic", "dt/devices/", "devices/", "$aws/things/"), [OneLevel]),
        new("retained", PolicyEffect.Allow, PolicyActions.RetainPublish, Own("topic", "dt/devices/", "devices/"), [OneLevel]),
        new("subscriptions", PolicyEffect.Allow, PolicyActions.Subscribe, Own("topicfilter", "dt/devices/", "devices/", "$aws/things/"), [OneLevel]),
    ]);

    /// <summary>For whoever may act for any device, such as a visitor on the loopback address.</summary>
    public static readonly Policy Everything = new("everything",
    [
        new("all", PolicyEffect.Allow, PolicyActionNames.All.Aggregate((all, one) => all | one), [Resource("*")]),
        new("connect", PolicyEffect.Allow, PolicyActions.Connect, [Resource("*")],
        [
            new("ForAllValues:StringLike", PolicyVariable.Parse("iot:ConnectAttributes"), [Text("*")], Quantifier: ConditionQuantifier.ForAllValues),
        ]),
    ]);

    // A client that called itself "boiler/config" would otherwise own a branch of boiler's topics.
    private static PolicyCondition OneLevel => new("StringNotLike", PolicyVariable.Parse("iot:ClientId"), [Text("*/*")], Negated: true);

    private static ImmutableArray<PolicyResource> Own(string kind, params ReadOnlySpan<string> roots)
    {
        var resources = ImmutableArray.CreateBuilder<PolicyResource>(roots.Length);
        foreach (var root in roots)
            resources.Add(Resource($"{kind}/{root}${{iot:ClientId}}/*"));

        return resources.MoveToImmutable();
    }

    private static PolicyResource Resource(string text) => PolicyResource.Parse(text);

    private static PolicyPattern Text(string text) =>
        PolicyPattern.TryParse(text, hasWildcards: true, out var pattern, out var problem) ? pattern : throw new FormatException(problem);
}
