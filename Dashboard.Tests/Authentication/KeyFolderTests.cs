using System.Runtime.Versioning;
using Presence.Dashboard.Authentication;
using Presence.Dashboard.Hosting;
using Presence.Dashboard.Tests.Support;
using Presence.Engine;

namespace Presence.Dashboard.Tests.Authentication;

[UnsupportedOSPlatform("windows")] // owners are kept in access lists there
public sealed class KeyFolderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("presence-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Secret_MadeOnce_StaysAndIsItsOwnersAlone()
    {
        var first = NewKeys().Secret("some.key");

        Assert.Equal(32, first.Length);
        Assert.Equal(first, NewKeys().Secret("some.key"));
        Assert.NotEqual(first, NewKeys().Secret("other.key"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf("some.key")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(PathOf("some.key"))!));
    }

    [Fact]
    public void Secret_ThatBecameReadableForAll_IsTakenBack()
    {
        NewKeys().Secret("some.key");
        File.SetUnixFileMode(PathOf("some.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        NewKeys().Secret("some.key");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf("some.key")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("c2hvcnQ=")]
    public void Secret_ThatIsDamaged_RefusesTheStartAndNamesTheFile(string content)
    {
        NewKeys().Secret("some.key");
        File.WriteAllText(PathOf("some.key"), content);

        var refusal = Assert.Throws<StartupException>(() => NewKeys().Secret("some.key"));
        Assert.Contains(PathOf("some.key"), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ClientKey_WhenNotConfigured_IsMadeOnce()
    {
        var made = new ClientKey(new DashboardOptions(), NewKeys());

        Assert.Matches("^pk_[0-9a-f]{32}$", made.Value);
        Assert.Equal(made.Value, new ClientKey(new DashboardOptions(), NewKeys()).Value);
        Assert.True(made.Matches(made.Value));
        Assert.False(made.Matches(made.Value + "x"));
    }

    [Fact]
    public async Task DataFolder_MadeAtTheFirstStart_IsItsOwnersAlone()
    {
        var data = Path.Combine(_folder.FullName, "made", "here");

        await using var host = await DashboardHost.StartAsync(new DashboardHostOptions { Configuration = { ["Presence:Data"] = data } });

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(owner, File.GetUnixFileMode(data));
        Assert.Equal(owner, File.GetUnixFileMode(Path.Combine(data, "keys")));
        Assert.All(Directory.GetFiles(Path.Combine(data, "keys")), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    private KeyFolder NewKeys() => new(new DashboardOptions { Data = _folder.FullName });

    private string PathOf(string name) => Path.Combine(_folder.FullName, "keys", name);
}
