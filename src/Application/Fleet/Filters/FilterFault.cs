namespace OrleansIot.Application.Fleet.Filters;

/// <summary>Why a filter or a sort order cannot be understood.</summary>
/// <param name="Code">Stable: <c>filter.syntax</c>.</param>
/// <param name="Position">Of the character where it goes wrong, from 1.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Mend">What to write instead.</param>
public sealed record FilterFault(string Code, int Position, string Message, string Mend)
{
    public override string ToString() => $"At character {Position}: {Message} {Mend}";
}
