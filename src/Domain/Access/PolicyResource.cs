using System.Diagnostics.CodeAnalysis;

namespace OrleansIot.Domain.Access;

/// <summary>
/// What a statement is about: <c>*</c>, or <c>arn:aws:iot:region:account:topic/…</c>. Region and account are those of the place a
/// document was written for and do not count; <c>topic/…</c> alone is enough.
/// </summary>
public sealed class PolicyResource
{
    public const string Rule = "\"*\", or arn:aws:iot:region:account: and then client/…, topic/…, topicfilter/… or thing/…; wildcards come after the slash";

    private const int ArnFields = 5;

    private readonly PolicyPattern? _name;

    private PolicyResource(string text, PolicyResourceKind kind, PolicyPattern? name) => (Text, Kind, _name) = (text, kind, name);

    public string Text { get; }

    public PolicyResourceKind Kind { get; }

    public IEnumerable<PolicyVariable> Variables => _name?.Variables ?? [];

    /// <param name="problem">What is wrong, to go after "is".</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out PolicyResource? resource, [NotNullWhen(false)] out string? problem)
    {
        (resource, problem) = (null, null);
        var rest = text;
        if (text.StartsWith("arn:", StringComparison.Ordinal))
        {
            var fields = text.Split(':', ArnFields + 1);
            if (fields.Length > 2 && fields[2] is not ("iot" or "*"))
            {
                problem = $"of the service \"{fields[2]}\".";
                return false;
            }

            // "arn:aws:iot:*" and the like: the run goes over all that follows.
            rest = fields.Length > ArnFields ? fields[ArnFields] : fields.Length > 2 && fields[^1] == "*" ? "*" : "";
        }

        if (rest == "*")
        {
            resource = new PolicyResource(text, PolicyResourceKind.Any, null);
            return true;
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || KindOf(rest[..slash]) is not { } kind)
        {
            problem = "not a resource.";
            return false;
        }

        if (!PolicyPattern.TryParse(rest[(slash + 1)..], hasWildcards: true, out var name, out var variable))
        {
            problem = $"with {variable}, which is not a variable that a resource can hold.";
            return false;
        }

        resource = new PolicyResource(text, kind, name);
        return true;
    }

    public static PolicyResource Parse(string text) =>
        TryParse(text, out var resource, out var problem) ? resource : throw new FormatException($"'{text}' is {problem}");

    /// <param name="name">A topic, a filter as it was written, a client id or a thing.</param>
    public bool Matches(PolicyResourceKind kind, ReadOnlySpan<byte> name, AccessContext context) =>
        _name is null || (Kind == kind && Kind != PolicyResourceKind.Other && _name.Matches(name, context));

    public override string ToString() => Text;

    private static PolicyResourceKind? KindOf(string word) => word switch
    {
        "client" => PolicyResourceKind.Client,
        "topic" => PolicyResourceKind.Topic,
        "topicfilter" => PolicyResourceKind.TopicFilter,
        "thing" => PolicyResourceKind.Thing,
        "cert" or "job" or "policy" or "rule" or "stream" or "thinggroup" or "thingtype" or "tunnel" => PolicyResourceKind.Other,
        _ => null,
    };
}
