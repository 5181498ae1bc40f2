using System.Text.RegularExpressions;
using Presence.Engine;

namespace Presence.Dashboard.Tests.Docs;

/// <summary>The arrows of docs/architecture.md. Namespaces are folders here, so the sources are asked what they name.</summary>
public sealed class ArchitectureTests
{
    private const string Engine = "Presence.Engine";
    private const string Dashboard = "Presence.Dashboard";

    [Fact]
    public void Engine_References_NothingOfAspNet()
    {
        var references = typeof(PresenceEngine).Assembly.GetReferencedAssemblies().Select(reference => reference.Name!).ToList();

        Assert.Contains("System.Runtime", references);
        Assert.DoesNotContain(references, reference => reference.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Presence.Engine", Dashboard)]
    [InlineData("Presence.Engine/Rooms", $"{Engine}.Storage")]
    [InlineData("Presence.Engine/Users", $"{Engine}.Storage")]
    [InlineData("Presence.Engine/Settings", $"{Engine}.Storage")]
    [InlineData("Presence.Engine/Changes", $"{Engine}.Storage")]
    [InlineData("Presence.Engine/Expiry", $"{Engine}.Storage")]
    [InlineData("Dashboard/Api", $"{Dashboard}.Components")]
    [InlineData("Dashboard/Api", $"{Dashboard}.Live")]
    [InlineData("Dashboard/Api", $"{Dashboard}.Display")]
    [InlineData("Dashboard/Live", $"{Dashboard}.Components")]
    [InlineData("Dashboard/Live", $"{Dashboard}.Api")]
    [InlineData("Dashboard/Components", $"{Dashboard}.Api")]
    [InlineData("Dashboard/Display", $"{Dashboard}.Components")]
    [InlineData("Dashboard/Display", $"{Dashboard}.Live")]
    [InlineData("Dashboard/Display", $"{Dashboard}.Api")]
    [InlineData("Presence.Simulation", Dashboard)]
    [InlineData("Presence.Simulation", Engine)]
    [InlineData("clients/dotnet/Presence.Client", Dashboard)]
    [InlineData("clients/dotnet/Presence.Client", Engine)]
    public void Folder_Sources_DoNotName(string folder, string name)
    {
        // As a whole, or cut short from inside the namespace both share.
        var last = name[(name.LastIndexOf('.') + 1)..];
        var naming = new Regex($@"\b{Regex.Escape(name)}\b|(?<![\w.""/]){last}\.[A-Z]", RegexOptions.None, TimeSpan.FromSeconds(5));

        var offenders = Lines(folder).Where(line => naming.IsMatch(line.Text));

        Assert.Empty(offenders.Select(line => $"{line.Place}: {line.Text.Trim()}"));
    }

    /// <summary>Whoever asks for presence asks <see cref="IPresence"/>: it may be on another machine one day.</summary>
    [Fact]
    public void Engine_Itself_IsKnownToThoseWhoKeepItAlone()
    {
        string[] keepers = ["Dashboard/Hosting/PresenceStorageHosting.cs", "Dashboard/Hosting/MemoryLoop.cs", "Dashboard/Hosting/Telemetry.cs"];
        var naming = new Regex($@"\b({nameof(PresenceEngine)}|{nameof(LocalPresence)})\b", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));

        var named = Lines("Dashboard").Concat(Lines("Presence.Simulation")).Where(line => naming.IsMatch(line.Text)).ToList();

        Assert.Empty(named.Where(line => !keepers.Contains(FileOf(line.Place))).Select(line => $"{line.Place}: {line.Text.Trim()}"));
        Assert.Equal(keepers.Order(), named.Select(line => FileOf(line.Place)).Distinct().Order());

        static string FileOf(string place) => place[..place.LastIndexOf(':')];
    }

    /// <summary>What a page shows was read before it is drawn: markup asks nobody.</summary>
    [Fact]
    public void Markup_AsksPresenceNothing()
    {
        var asking = new Regex(@"\bI?Presence\.[A-Z]\w*\(|\bPresence\.Current\b|@inject\s+IPresence\b", RegexOptions.None, TimeSpan.FromSeconds(5));

        var getter = new Regex(@"^[^(]*=>.*\bPresence\.", RegexOptions.None, TimeSpan.FromSeconds(5)); // of a property that markup may read

        var offenders = Lines("Dashboard/Components").Where(line => (line.Place.Contains(".razor:", StringComparison.Ordinal) ? asking : getter).IsMatch(line.Text));

        Assert.Empty(offenders.Select(line => $"{line.Place}: {line.Text.Trim()}"));
    }

    [Fact]
    public void Storage_Libraries_AreNamedInTwoFolders()
    {
        var naming = new Regex(@"Microsoft\.EntityFrameworkCore|Microsoft\.Data\.Sqlite|SQLitePCL", RegexOptions.None, TimeSpan.FromSeconds(5));

        var offenders = Lines("Presence.Engine").Concat(Lines("Dashboard"))
            .Where(line => !line.Place.StartsWith("Presence.Engine/Storage/", StringComparison.Ordinal))
            .Where(line => !line.Place.StartsWith("Dashboard/Accounts/", StringComparison.Ordinal))
            .Where(line => naming.IsMatch(line.Text) && !line.Text.Contains("LogLevel", StringComparison.Ordinal));

        Assert.Empty(offenders.Select(line => $"{line.Place}: {line.Text.Trim()}"));
    }

    [Fact]
    public void Tests_OfPages_FindNothingByItsClass()
    {
        var attribute = new Regex(@"\[[^\]]*\]", RegexOptions.None, TimeSpan.FromSeconds(5));
        var byClass = new Regex("""\b(Find|FindAll|Locator|[qQ]uerySelector|[qQ]uerySelectorAll|[cC]losest|matches|WaitForElement\w*)\(\$?(["'`])([^"'`]*[^"'`\\])?\.[A-Za-z{]|\b(ClassList|[cC]lassName|ToHaveClass\w*)\b""", RegexOptions.None | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5));

        var offenders = Lines("Dashboard.Tests/Components").Concat(Lines("Dashboard.Tests/Browser")).Where(line => byClass.IsMatch(attribute.Replace(line.Text, "[]")));

        Assert.Empty(offenders.Select(line => $"{line.Place}: {line.Text.Trim()}: find it by role, label or test id"));
    }

    private static IEnumerable<(string Place, string Text)> Lines(string folder)
    {
        var files = Directory.Exists(Path.Combine(RepositoryFiles.Root, folder)) ? RepositoryFiles.Under(folder, ".cs", ".razor") : [];
        return files.SelectMany(file => RepositoryFiles.Read(file).Split('\n').Select((text, number) => ($"{file}:{number + 1}", text)))
            .Where(line => !line.text.TrimStart().StartsWith("//", StringComparison.Ordinal));
    }
}
