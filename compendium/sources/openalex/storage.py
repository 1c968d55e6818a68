"""Where a snapshot lies: a folder of this machine, or a bucket that is read over the network."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyarrow import fs

from compendium.project.errors import InputError

#: Where the bucket of OpenAlex is.
REGION = "us-east-1"
#: Seconds after which a server that does not answer is given up, and how often it is asked.
TIMEOUT, TRIES = 30, 4
KINDS = "a folder, file://…, or s3://bucket/folder"


@dataclass(frozen=True)
class Storage:
    """A place for files: `system` reads them, `base` is the folder that they lie below."""

    address: str
    system: fs.FileSystem
    base: str

    @property
    def is_remote(self) -> bool:
        """Whether reading goes over a network."""
        return not isinstance(self.system, fs.LocalFileSystem)

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the bytes of each file below `folder`, by the whole path; nothing where there is no folder.

        Raises InputError where the place cannot be reached.
        """
        selector = fs.FileSelector(f"{self.base}/{folder}", recursive=True, allow_not_found=True)
        try:
            found = self.system.get_file_info(selector)
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{self.address}: cannot be listed ({first_line(error)})") from error
        return {one.path: one.size for one in sorted(found, key=lambda one: one.path) if one.is_file}

    def read(self, path: str) -> bytes:
        """Return the whole content of a file; InputError where it cannot be read."""
        try:
            with self.system.open_input_stream(path, compression=None) as file:
                return file.read()
        except (OSError, pa.ArrowException) as error:
            raise InputError(f"{Path(path).name}: cannot be read ({first_line(error)})") from error

    def fetch(self, path: str, folder: Path) -> Path:
        """Copy a file into `folder`, below the name of the partition that it is of, and return it."""
        place = folder / Path(path).parent.name / Path(path).name
        place.parent.mkdir(parents=True, exist_ok=True)
        fs.copy_files(path, str(place), source_filesystem=self.system, destination_filesystem=fs.LocalFileSystem())
        return place


def first_line(error: Exception) -> str:
    """Return the first line of what a library says."""
    return " ".join(str(error).split("\n")[0].split())


def at(address: str, endpoint: str | None = None) -> Storage:
    """Open an address. `endpoint` is that of a server that speaks S3, where it is not Amazon's.

    A bucket is read without signing: that of OpenAlex is public. Raises InputError for an address
    of another kind.
    """
    scheme, is_address, rest = address.partition("://")
    if not is_address or scheme == "file":
        path = rest if is_address else address
        return Storage(address, fs.LocalFileSystem(), path.rstrip("/"))
    if scheme != "s3":
        raise InputError(f"{address}: expected {KINDS}")
    system = fs.S3FileSystem(
        anonymous=True,
        region=REGION,
        endpoint_override=endpoint,
        connect_timeout=TIMEOUT,
        request_timeout=TIMEOUT,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=TRIES),
    )
    return Storage(address, system, rest.strip("/"))
