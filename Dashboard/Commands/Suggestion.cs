namespace Presence.Dashboard.Commands;

/// <summary>Suggests a known word for an unknown one.</summary>
internal static class Suggestion
{
    /// <summary>The nearest of the words, unless even that one is far; null then.</summary>
    public static string? For(string word, IEnumerable<string> known)
    {
        var nearest = known.Select(candidate => (candidate, Distance: Distance(word, candidate))).DefaultIfEmpty((candidate: "", Distance: int.MaxValue)).MinBy(one => one.Distance);
        return nearest.Distance <= Math.Max(1, word.Length / 3) ? nearest.candidate : null;
    }

    /// <summary>How many letters have to be changed, added, left out or swapped with the next; case apart.</summary>
    internal static int Distance(string one, string other)
    {
        var (a, b) = (one.ToUpperInvariant(), other.ToUpperInvariant());
        var steps = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    steps[i, j] = i + j;
                    continue;
                }
                var least = Math.Min(Math.Min(steps[i - 1, j], steps[i, j - 1]) + 1, steps[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, steps[i - 2, j - 2] + 1);
                steps[i, j] = least;
            }
        }
        return steps[a.Length, b.Length];
    }
}
