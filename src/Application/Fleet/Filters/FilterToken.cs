namespace OrleansIot.Application.Fleet.Filters;

internal enum FilterTokenKind
{
    End,
    Open,
    Close,
    Comma,
    Minus,

    /// <summary>A name or a keyword.</summary>
    Word,

    /// <summary><c>'…'</c></summary>
    Text,

    /// <summary>The name of a metric, as <c>[…]</c>.</summary>
    Metric,

    /// <summary>A number or a moment: what begins with a digit, or with <c>-</c> and a digit.</summary>
    Figure,
}

/// <param name="At">Where it begins, from 0.</param>
/// <param name="Text">As it is meant: without quotes.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, int At, string Text);
