using System.Globalization;

namespace OrleansIot.Dashboard.Charts;

/// <summary>Where the names of threshold lines stand, so that none lies on another or on a line: each as near to its own as the others allow.</summary>
internal static class ThresholdLabels
{
    /// <summary>Least distance of two baselines, while so many fit.</summary>
    public const int LineHeight = 14;

    // Of letters of 11 px: what they take above their baseline and below it, and where a name stands at its line.
    private const int Ascent = 9;
    private const int Descent = 3;
    private const int Above = 5;
    private const int Below = 13;

    private const double PreferAbove = 1; // below its line a name costs as much as a pixel away from it
    private const double OnALine = 1e9;   // rather anywhere else

    private const int LongestName = 32; // with its value fits into the narrowest chart, on a phone of 360 px

    /// <param name="lines">Pixels from the top of the plot, in any order.</param>
    /// <returns>The baseline of each line's name, in the order of the lines.</returns>
    public static IReadOnlyList<int> Baselines(IReadOnlyList<double> lines, int height)
    {
        if (lines.Count == 0)
            return [];

        int[] fromTheTop = [.. Enumerable.Range(0, lines.Count).OrderBy(i => lines[i])];
        var apart = Math.Min(LineHeight, (height - Ascent - Descent) / lines.Count);
        var places = height - Ascent - Descent + 1; // a place is how far a baseline is below the highest that is possible
        double[] crossed = [.. Enumerable.Range(Ascent, places).Select(at => lines.Any(line => line > at - Ascent && line < at + Descent) ? OnALine : 0)];

        // The names keep the order of their lines, and all distances together shall be the least: for each name and place the best
        // that it and those above it can do, and where the one above it then stands.
        var best = new double[places];
        var nextAbove = new int[lines.Count, places];
        for (var name = 0; name < lines.Count; name++)
        {
            var soFar = new double[places];
            var (bestAbove, placeAbove) = (name == 0 ? 0 : double.PositiveInfinity, 0);
            for (var place = 0; place < places; place++)
            {
                if (name > 0 && place >= apart && best[place - apart] < bestAbove)
                    (bestAbove, placeAbove) = (best[place - apart], place - apart);

                soFar[place] = bestAbove + crossed[place] + Away(Ascent + place - lines[fromTheTop[name]]);
                nextAbove[name, place] = placeAbove;
            }

            best = soFar;
        }

        var baselines = new int[lines.Count];
        var chosen = Array.IndexOf(best, best.Min());
        for (var name = lines.Count - 1; name >= 0; name--)
        {
            baselines[fromTheTop[name]] = Ascent + chosen;
            chosen = nextAbove[name, chosen];
        }

        return baselines;
    }

    public static string Shortened(string name) => new StringInfo(name) is { LengthInTextElements: > LongestName } letters
        ? letters.SubstringByTextElements(0, LongestName - 1).TrimEnd() + "…"
        : name;

    private static double Away(double belowTheLine)
    {
        var above = Math.Abs(belowTheLine + Above);
        var below = Math.Abs(belowTheLine - Below);
        return Math.Min(above * above, (below * below) + PreferAbove);
    }
}
