using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Presence.Engine.Storage.Migrations
{
    /// <inheritdoc />
    public partial class SharedBroadcasts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "BroadcastId",
                table: "ShareLinks",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "BroadcastId",
                table: "ShareLinks");
        }
    }
}
