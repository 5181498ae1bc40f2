namespace Presence.Engine.Tests.Support;

/// <summary>A figure of a proof, kept with the test's result: build/how-we-test.mjs writes it into docs/how-we-test.md.</summary>
internal static class Figure
{
    public static void Tell(FormattableString figure) => TestContext.Current.TestOutputHelper?.WriteLine("figure: " + FormattableString.Invariant(figure));
}
