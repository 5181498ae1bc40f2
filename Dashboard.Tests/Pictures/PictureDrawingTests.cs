using System.Text;
using Presence.Dashboard.Pictures;
using SkiaSharp;

namespace Presence.Dashboard.Tests.Pictures;

/// <summary>What becomes of files that strangers chose.</summary>
public sealed class PictureDrawingTests
{
    private static readonly SKColor[] Corners = [SKColors.Red, SKColors.Lime, SKColors.Blue, SKColors.Black];

    [Theory]
    [InlineData(SKEncodedImageFormat.Png, 400, 400)]
    [InlineData(SKEncodedImageFormat.Jpeg, 1_000, 300)]
    [InlineData(SKEncodedImageFormat.Webp, 10, 2_000)]
    [InlineData(SKEncodedImageFormat.Png, 1, 1)]
    public void Draw_OfAnyShape_IsASquareWebP(SKEncodedImageFormat format, int width, int height)
    {
        using var drawn = Open(PictureDrawing.Draw(PictureFiles.Plain(SKColors.Red, format, width, height)));

        Assert.Equal((PictureDrawing.Side, PictureDrawing.Side, "Red"), (drawn.Width, drawn.Height, NameOf(drawn.GetPixel(48, 48))));
    }

    [Fact]
    public void Draw_OfAWidePicture_ShowsItsMiddle()
    {
        var file = PictureFiles.Drawn(300, 100, SKEncodedImageFormat.Png, canvas =>
        {
            canvas.Clear(SKColors.Blue);
            canvas.DrawRect(SKRect.Create(100, 0, 100, 100), new SKPaint { Color = SKColors.Red });
        });

        using var drawn = Open(PictureDrawing.Draw(file));

        Assert.Equal(("Red", "Red"), (NameOf(drawn.GetPixel(3, 48)), NameOf(drawn.GetPixel(92, 48))));
    }

    [Fact]
    public void Draw_OfATransparentPicture_LiesOnWhite()
    {
        using var drawn = Open(PictureDrawing.Draw(PictureFiles.Plain(SKColors.Transparent)));

        Assert.Equal((SKColors.White.Red, byte.MaxValue), (drawn.GetPixel(48, 48).Red, drawn.GetPixel(48, 48).Alpha));
    }

    [Theory] // top left and top right of what is seen, as corners of what is stored
    [InlineData(1, 0, 1)]
    [InlineData(2, 1, 0)]
    [InlineData(3, 3, 2)]
    [InlineData(4, 2, 3)]
    [InlineData(5, 0, 2)]
    [InlineData(6, 2, 0)]
    [InlineData(7, 3, 1)]
    [InlineData(8, 1, 3)]
    public void Draw_OfATurnedPhoto_IsUpright(byte orientation, int topLeft, int topRight)
    {
        var jpeg = PictureFiles.Drawn(200, 200, SKEncodedImageFormat.Jpeg, canvas =>
        {
            for (var corner = 0; corner < Corners.Length; corner++)
                canvas.DrawRect(SKRect.Create(corner % 2 * 100, corner / 2 * 100, 100, 100), new SKPaint { Color = Corners[corner] });
        });
        byte[] exif = [0xFF, 0xE1, 0, 34, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];

        using var drawn = Open(PictureDrawing.Draw([.. jpeg[..2], .. exif, .. jpeg[2..]]));

        Assert.Equal((NameOf(Corners[topLeft]), NameOf(Corners[topRight])), (NameOf(drawn.GetPixel(20, 20)), NameOf(drawn.GetPixel(76, 20))));
    }

    [Fact]
    public void Draw_OfAnAnimation_IsItsFirstFrame()
    {
        using var drawn = Open(PictureDrawing.Draw(PictureFiles.RedThenBlueGif()));

        Assert.Equal("Red", NameOf(drawn.GetPixel(48, 48)));
    }

    [Theory]
    [InlineData(4_000, 2_000, true)]
    [InlineData(4_000, 2_001, false)]
    [InlineData(PictureDrawing.LongestSide, 1, true)]
    [InlineData(PictureDrawing.LongestSide + 1, 1, false)]
    [InlineData(1, PictureDrawing.LongestSide + 1, false)]
    public void Draw_UpToTheLimits_AndOneBeyond(int width, int height, bool isDrawn)
    {
        using var pixels = new SKBitmap(new SKImageInfo(width, height, SKColorType.Gray8, SKAlphaType.Opaque));
        using var file = pixels.Encode(SKEncodedImageFormat.Png, 100);

        Assert.True(file.Size < UserPictures.LargestFile);
        Assert.Equal(isDrawn, PictureDrawing.Draw(file.ToArray()) is not null);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Draw_OfAJpegOfManyScans_IsRefusedBeforeItIsDecoded(int scans, bool isDrawn)
    {
        // In a comment they cost nothing; as scans, each is one more pass over the whole picture.
        var jpeg = PictureFiles.Plain(SKColors.Red, SKEncodedImageFormat.Jpeg);
        byte[] marks = [.. Enumerable.Repeat<byte[]>([0xFF, 0xDA], scans - 1).SelectMany(mark => mark)];
        byte[] comment = [0xFF, 0xFE, (byte)((marks.Length + 2) >> 8), (byte)(marks.Length + 2), .. marks];

        Assert.Equal(isDrawn, PictureDrawing.Draw([.. jpeg[..2], .. comment, .. jpeg[2..]]) is not null);
    }

    public static TheoryData<string, byte[]> Others => new()
    {
        { "nothing", [] },
        { "SVG", Encoding.UTF8.GetBytes("""<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96"><script>alert(1)</script><rect width="96" height="96"/></svg>""") },
        { "HTML", Encoding.UTF8.GetBytes("<!doctype html><script>alert(1)</script>") },
        { "HTML behind a PNG's signature", [0x89, .. "PNG\r\n\u001A\n<html>"u8] },
        { "BMP", PictureFiles.Bmp() },
        { "ICO", [0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 32, 0, 48, 0, 0, 0, 22, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 32, 0, .. new byte[24], 0, 0, 255, 255, 0, 0, 0, 0] },
        { "WBMP", [0, 0, 8, 1, 0xFF] },
        { "TIFF", [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0] },
        { "AVIF", [0, 0, 0, 0x1C, .. "ftypavif"u8, 0, 0, 0, 0, .. "avifmif1miaf"u8] },
        { "half a PNG", PictureFiles.Noise(SKEncodedImageFormat.Png)[..^2_000] },
        { "half a JPEG", PictureFiles.Noise(SKEncodedImageFormat.Jpeg)[..^2_000] },
        { "half a WebP", PictureFiles.Noise(SKEncodedImageFormat.Webp)[..^2_000] },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Draw_OfWhatIsNoPicture_IsNothing(string what, byte[] file)
    {
        Assert.NotEmpty(what);

        Assert.Null(PictureDrawing.Draw(file));
    }

    private static SKBitmap Open(byte[]? drawn)
    {
        Assert.NotNull(drawn);
        Assert.Equal("RIFF"u8, drawn.AsSpan(0, 4));
        Assert.Equal("WEBP"u8, drawn.AsSpan(8, 4));
        return SKBitmap.Decode(drawn);
    }

    /// <summary>The nearest, since none of the formats keeps colours exactly.</summary>
    private static string NameOf(SKColor colour) => (colour.Red > 128, colour.Green > 128, colour.Blue > 128) switch
    {
        (true, false, false) => "Red",
        (false, true, false) => "Lime",
        (false, false, true) => "Blue",
        (false, false, false) => "Black",
        _ => "White",
    };
}

/// <summary>Files of pictures, made for tests.</summary>
internal static class PictureFiles
{
    public static byte[] Plain(SKColor colour, SKEncodedImageFormat format = SKEncodedImageFormat.Png, int width = 64, int height = 64) =>
        Drawn(width, height, format, canvas => canvas.Clear(colour));

    public static byte[] Drawn(int width, int height, SKEncodedImageFormat format, Action<SKCanvas> draw)
    {
        using var surface = SKSurface.Create(new SKImageInfo(width, height));
        draw(surface.Canvas);
        using var image = surface.Snapshot();
        using var file = image.Encode(format, 95);
        return file.ToArray();
    }

    /// <summary>Hardly to be compressed: some 16 KB.</summary>
    public static byte[] Noise(SKEncodedImageFormat format, int side = 64)
    {
        var random = new Random(20260301);
        return Drawn(side, side, format, canvas =>
        {
            for (var pixel = 0; pixel < side * side; pixel++)
                canvas.DrawPoint(pixel % side, pixel / side, new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256)));
        });
    }

    public static byte[] RedThenBlueGif() =>
    [
        .. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 0xFF, 0, 0, 0, 0, 0xFF,
        0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0,
        0x21, 0xF9, 4, 0, 10, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x4C, 1, 0,
        0x3B,
    ];

    public static byte[] Bmp() => [.. "BM"u8, 58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0, 0, 0, 0, 0, 4, 0, 0, 0, .. new byte[16], 0, 0, 255, 0];
}
