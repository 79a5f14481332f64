using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace OrleansIot.Domain.Access;

/// <summary>
/// A text of a policy, taken apart once: <c>*</c> stands for any characters, <c>/</c> among them, or none; <c>?</c> for one
/// character; <c>${…}</c> for what is known about the connection. All else is literal, MQTT's <c>+</c> and <c>#</c> too, and so is
/// whatever a variable puts in. A variable that cannot be resolved matches nothing, not even its own text.
/// </summary>
public sealed class PolicyPattern
{
    private readonly Part[] _parts;

    private PolicyPattern(string text, Part[] parts) => (Text, _parts) = (text, parts);

    private enum PartKind
    {
        Literal,
        Variable,
        AnyRun,
        AnyOne,
    }

    public string Text { get; }

    public IEnumerable<PolicyVariable> Variables => _parts.Where(part => part.Variable is not null).Select(part => part.Variable!);

    /// <param name="hasWildcards">Without them, <c>*</c> and <c>?</c> are characters like others.</param>
    /// <param name="problem">The <c>${…}</c> that means nothing.</param>
    public static bool TryParse(string text, bool hasWildcards, [NotNullWhen(true)] out PolicyPattern? pattern, [NotNullWhen(false)] out string? problem)
    {
        (pattern, problem) = (null, null);
        var parts = ImmutableArray.CreateBuilder<Part>();
        var literal = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '$' && at + 1 < text.Length && text[at + 1] == '{')
            {
                var end = text.IndexOf('}', at);
                var name = end < 0 ? text[(at + 2)..] : text[(at + 2)..end];
                if (end >= 0 && name is "*" or "?" or "$")
                {
                    literal.Append(name);
                }
                else if (end >= 0 && PolicyVariable.TryParse(name, out var variable) && !variable.IsList)
                {
                    Flush();
                    parts.Add(new Part(PartKind.Variable, [], variable));
                }
                else
                {
                    problem = end < 0 ? text[at..] : text[at..(end + 1)];
                    return false;
                }

                at = end;
            }
            else if (hasWildcards && text[at] is '*' or '?')
            {
                Flush();
                if (text[at] == '?')
                    parts.Add(new Part(PartKind.AnyOne, [], null));
                else if (parts is not [.., { Kind: PartKind.AnyRun }])
                    parts.Add(new Part(PartKind.AnyRun, [], null));
            }
            else
            {
                literal.Append(text[at]);
            }
        }

        Flush();
        pattern = new PolicyPattern(text, parts.ToArray());
        return true;

        void Flush()
        {
            if (literal.Length > 0)
                parts.Add(new Part(PartKind.Literal, Encoding.UTF8.GetBytes(literal.ToString()), null));

            literal.Clear();
        }
    }

    /// <summary>Asked on each delivery: allocates nothing.</summary>
    /// <param name="text">The whole of it has to match.</param>
    public bool Matches(ReadOnlySpan<byte> text, AccessContext context)
    {
        var (part, at) = (0, 0);
        var (afterRun, runEnd) = (-1, 0);
        while (true)
        {
            if (part == _parts.Length)
            {
                if (at == text.Length)
                    return true;
            }
            else if (_parts[part].Kind == PartKind.AnyRun)
            {
                (afterRun, runEnd) = (++part, at);
                if (part == _parts.Length)
                    return true;

                continue;
            }
            else if (LengthAt(_parts[part], text[at..], context) is var length and >= 0)
            {
                at += length;
                part++;
                continue;
            }

            // What stands between two runs has one length, so only the last run has to try again, one byte longer.
            if (afterRun < 0 || runEnd >= text.Length)
                return false;

            (part, at) = (afterRun, ++runEnd);
        }
    }

    public override string ToString() => Text;

    /// <summary>How much of the text's beginning is this part; negative where it is not.</summary>
    private static int LengthAt(in Part part, ReadOnlySpan<byte> text, AccessContext context)
    {
        if (part.Kind == PartKind.AnyOne)
            return Rune.DecodeFromUtf8(text, out _, out var length) == OperationStatus.Done ? length : -1;

        var expected = part.Variable is null ? part.Literal : context.Substitute(part.Variable);
        return expected is not null && text.StartsWith(expected) ? expected.Length : -1;
    }

    private readonly record struct Part(PartKind Kind, byte[] Literal, PolicyVariable? Variable);
}
